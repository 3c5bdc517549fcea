package ai.coditect.licensing.api.faults;

import ai.coditect.licensing.api.faults.Fault.Act;
import ai.coditect.licensing.servers.FaultyLink;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** The ways to and from a pod fail. */
final class LinkFaults {

  /** Some answers. */
  private static final int ANSWER_BYTES = 2_000;

  /** Redis is terse. */
  private static final int REDIS_ANSWER_BYTES = 60;

  private static final Duration FIRES_WITHIN = Duration.ofSeconds(2);

  /** What Postgres says when it has committed, in the middle of a longer answer. */
  private static final String COMMITTED = "COMMIT\0";

  /** Before the text stand what the statement's preparation is answered and the message's head. */
  private static final int COMMIT_BEGINS = -15;

  /** The text itself and all but the last byte of what follows. */
  private static final int COMMIT_ENDS = 12;

  private static final int COMMITS = 3;

  private LinkFaults() {}

  /** What is done to a link; it is healed afterwards. */
  @FunctionalInterface
  interface Trouble {
    void befall(FaultyLink link, Random random) throws InterruptedException;
  }

  static Act onClients(Trouble trouble) {
    return on(pod -> pod.clients, trouble);
  }

  static Act onRedis(Trouble trouble) {
    return on(pod -> pod.redis, trouble);
  }

  static Act onPostgres(Trouble trouble) {
    return on(pod -> pod.postgres, trouble);
  }

  static void cut(FaultyLink link, Random random) {
    link.cut();
  }

  static void cutAnswer(FaultyLink link, Random random) {
    link.cutAfterReplies(random.nextInt(ANSWER_BYTES));
    awaitFired(link, link.fired());
  }

  static void cutShortAnswer(FaultyLink link, Random random) {
    link.cutAfterReplies(random.nextInt(REDIS_ANSWER_BYTES));
    awaitFired(link, link.fired());
  }

  static void swallowShortAnswers(FaultyLink link, Random random) throws InterruptedException {
    link.swallowRepliesAfter(random.nextInt(REDIS_ANSWER_BYTES));
    awaitFired(link, link.fired());
    last(random);
  }

  static void swallowAnswers(FaultyLink link, Random random) throws InterruptedException {
    link.swallowRepliesAfter(random.nextInt(ANSWER_BYTES));
    awaitFired(link, link.fired());
    last(random);
  }

  static void cutCommit(FaultyLink link, Random random) {
    for (int i = 0; i < COMMITS; i++) {
      link.cutAtReply(COMMITTED, random.nextInt(COMMIT_BEGINS, COMMIT_ENDS + 1));
      awaitFired(link, link.fired());
    }
  }

  static void swallowCommit(FaultyLink link, Random random) throws InterruptedException {
    for (int i = 0; i < COMMITS; i++) {
      link.swallowFromReply(COMMITTED, random.nextInt(COMMIT_BEGINS, COMMIT_ENDS + 1));
      awaitFired(link, link.fired());
    }
    last(random);
  }

  static void stall(FaultyLink link, Random random) throws InterruptedException {
    link.stall();
    last(random);
  }

  static void delay(FaultyLink link, Random random) throws InterruptedException {
    link.delay(Duration.ofMillis(random.nextInt(5, 150)));
    last(random);
  }

  static void refuse(FaultyLink link, Random random) throws InterruptedException {
    link.refuse();
    link.cut();
    last(random);
  }

  static void leaveHalfOpen(FaultyLink link, Random random) throws InterruptedException {
    link.leaveHalfOpen();
    last(random);
  }

  private static Act on(Function<Pod, FaultyLink> way, Trouble trouble) {
    return (scene, pod, random) -> {
      FaultyLink link = way.apply(pod);
      Instant from = Instant.now();
      long before = link.fired();
      trouble.befall(link, random);
      link.heal();
      scene.disturbances().add(pod, from, Instant.now());
      long fired = link.fired() - before;
      return fired > 0 ? Optional.of(pod + ", " + fired + " times") : Optional.empty();
    };
  }

  private static void last(Random random) throws InterruptedException {
    Thread.sleep(random.nextInt(200, 1_500));
  }

  private static void awaitFired(FaultyLink link, long before) {
    try {
      Awaitility.await()
          .atMost(FIRES_WITHIN)
          .pollInterval(Duration.ofMillis(5))
          .until(() -> link.fired() > before);
    } catch (ConditionTimeoutException e) {
      // It did not fire.
    }
  }
}
