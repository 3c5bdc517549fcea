package ai.coditect.licensing.api.faults;

import ai.coditect.licensing.api.faults.Caller.Acquired;
import ai.coditect.licensing.api.faults.Caller.Beat;
import ai.coditect.licensing.api.faults.Caller.Full;
import ai.coditect.licensing.api.faults.Caller.Held;
import ai.coditect.licensing.api.faults.Caller.Unknown;
import ai.coditect.licensing.api.seats.Applicant;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;

/**
 * After all is healed and every client has crashed: each seat comes free in time, and the pool
 * holds exactly as many as it says.
 */
final class Aftermath {

  /**
   * From a lease's end until its seat can be taken. Held against the instant at which a refused
   * client had asked, so that a slow machine makes nobody late.
   */
  private static final Duration FREE_WITHIN = Duration.ofSeconds(1);

  private static final Duration GIVE_UP = Duration.ofSeconds(40);
  private static final Duration BETWEEN_TRIES = Duration.ofMillis(50);
  private static final int TRIES = 40;

  private final Ground ground;
  private final String pool;
  private final String licenseKey;
  private final int seats;
  private final Caller caller;
  private final Witness witness;
  private final Instant healed = Instant.now();
  private final List<String> latecomers;

  /**
   * @param seats that are not held by somebody for very long
   */
  Aftermath(
      Ground ground, String pool, String licenseKey, int seats, Caller caller, Witness witness) {
    this.ground = ground;
    this.pool = pool;
    this.licenseKey = licenseKey;
    this.seats = seats;
    this.caller = caller;
    this.witness = witness;
    this.latecomers = IntStream.rangeClosed(1, seats).mapToObj(n -> "late/" + n).toList();
  }

  void check() throws Exception {
    release(takeAll());
    ground.pods.forEach(Pod::awaitReady);
    awaitFree();
    List<Held> all = fill();
    for (Pod pod : ground.pods) {
      requireFull(pod);
      all.forEach(held -> requireKept(pod, held));
    }
    release(all);
    for (Pod pod : ground.pods) {
      requireGranted(pod, "again/" + pod.number).ifPresent(held -> release(List.of(held)));
    }
  }

  private List<Held> takeAll() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Optional<Held>>> takers =
          latecomers.stream().map(name -> threads.submit(() -> take(name))).toList();
      List<Held> taken = new ArrayList<>();
      for (Future<Optional<Held>> taker : takers) {
        taker.get().ifPresent(taken::add);
      }
      return taken;
    }
  }

  /** Asks again and again, from before the last lease's end on. */
  private Optional<Held> take(String name) throws InterruptedException {
    Instant free = healed;
    for (int i = 0; Instant.now().isBefore(free.plus(GIVE_UP)); i++) {
      Instant end = lastLeaseEnd().orElse(free);
      free = end.isAfter(free) ? end : free;
      Instant asked = Instant.now();
      Acquired answer = pod(i).isReady() ? caller.acquire(pod(i), name) : new Unknown();
      if (answer instanceof Held held) {
        return Optional.of(held);
      }
      if (answer instanceof Full && asked.isAfter(free.plus(FREE_WITHIN))) {
        witness.wrong(
            asked,
            "%s was refused %d ms after the last lease had ended"
                .formatted(name, Duration.between(free, asked).toMillis()));
        return Optional.empty();
      }
      Thread.sleep(BETWEEN_TRIES);
    }
    witness.wrong(free, name + " never got a seat");
    return Optional.empty();
  }

  private Optional<Instant> lastLeaseEnd() {
    List<String> holders =
        latecomers.stream().map(name -> Applicant.of(licenseKey, name, "").holder()).toList();
    return lastLeaseEndBut(holders);
  }

  /** A call of which nobody heard again may have been carried out after its holder's release. */
  private void awaitFree() {
    Awaitility.await()
        .atMost(GIVE_UP)
        .until(() -> lastLeaseEndBut(List.of()).filter(Instant.now()::isBefore).isEmpty());
  }

  private Optional<Instant> lastLeaseEndBut(List<String> holders) {
    return ground.postgres.lastLeaseEnd(ground.database(), pool, holders);
  }

  private List<Held> fill() throws InterruptedException {
    List<Held> all = new ArrayList<>();
    for (int i = 0; i < seats; i++) {
      requireGranted(pod(i), "full/" + i).ifPresent(all::add);
    }
    return all;
  }

  private Optional<Held> requireGranted(Pod pod, String name) throws InterruptedException {
    Instant asked = Instant.now();
    Acquired answer = decided(pod, name);
    if (answer instanceof Held held) {
      return Optional.of(held);
    }
    witness.wrong(asked, "%s: a free seat was not granted to %s: %s".formatted(pod, name, answer));
    return Optional.empty();
  }

  private void requireFull(Pod pod) throws InterruptedException {
    Instant asked = Instant.now();
    Acquired answer = decided(pod, "excess/" + pod.number);
    if (!(answer instanceof Full)) {
      witness.wrong(asked, "%s: a full pool answered %s".formatted(pod, answer));
    }
  }

  private void requireKept(Pod pod, Held held) {
    Instant asked = Instant.now();
    Beat beat = Beat.UNKNOWN;
    for (int i = 0; i < TRIES && beat == Beat.UNKNOWN; i++) {
      beat = caller.heartbeat(pod, held);
    }
    if (beat != Beat.KEPT) {
      witness.wrong(asked, "%s: a heartbeat of %s was answered %s".formatted(pod, held, beat));
    }
  }

  private void release(List<Held> all) {
    for (Held held : all) {
      Instant asked = Instant.now();
      boolean released = false;
      for (int i = 0; i < TRIES && !released; i++) {
        released = caller.release(pod(i), held);
      }
      if (!released) {
        witness.wrong(asked, "Nobody released " + held);
      }
    }
  }

  private Acquired decided(Pod pod, String name) throws InterruptedException {
    Acquired answer = new Unknown();
    for (int i = 0; i < TRIES && answer instanceof Unknown; i++) {
      answer = caller.acquire(pod, name);
      if (answer instanceof Unknown) {
        Thread.sleep(BETWEEN_TRIES);
      }
    }
    return answer;
  }

  private Pod pod(int number) {
    return ground.pods.get(number % ground.pods.size());
  }
}
