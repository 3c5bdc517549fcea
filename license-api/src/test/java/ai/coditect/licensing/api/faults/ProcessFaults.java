package ai.coditect.licensing.api.faults;

import ai.coditect.licensing.api.faults.Fault.Act;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;

/** A pod's process fails. Where it has ended it is begun anew, and not waited for. */
final class ProcessFaults {

  private static final Duration REACHES_STEP = Duration.ofSeconds(6);

  /** A process that starts on a busy machine may take so long to reach a step. */
  private static final Duration STARTS = Duration.ofSeconds(30);

  /** Between the order to end and the kill, while a request is held up. */
  private static final Duration DRAINS = Duration.ofMillis(500);

  /** By the wrong clock. */
  private static final Duration SERVES = Duration.ofSeconds(1);

  private static final Duration PAST_LEASE = Duration.ofMillis(500);

  private ProcessFaults() {}

  static Optional<String> pause(Scene scene, Pod pod, Random random) throws InterruptedException {
    Instant from = Instant.now();
    pod.pause();
    boolean stood = pod.isPaused();
    Thread.sleep(scene.lease().plus(PAST_LEASE));
    boolean stillStood = pod.isPaused();
    pod.resume();
    Instant until = Instant.now();
    scene.disturbances().add(pod, from, until);
    return stood && stillStood
        ? Optional.of("%s for %d ms".formatted(pod, Duration.between(from, until).toMillis()))
        : Optional.empty();
  }

  static Act pauseAt(Step step) {
    return (scene, pod, random) -> {
      Instant from = Instant.now();
      pod.arm(step);
      if (!pod.waitsAtStep(REACHES_STEP)) {
        pod.go();
        return Optional.empty();
      }
      Optional<String> paused = pause(scene, pod, random);
      pod.go();
      scene.disturbances().add(pod, from, Instant.now());
      return paused;
    };
  }

  static Optional<String> kill(Scene scene, Pod pod, Random random) {
    boolean wasAlive = pod.kill();
    pod.start();
    return wasAlive ? Optional.of(pod.toString()) : Optional.empty();
  }

  static Act killAt(Step step) {
    return (scene, pod, random) -> {
      pod.arm(step);
      boolean waits = pod.waitsAtStep(REACHES_STEP);
      return kill(scene, pod, random).filter(killed -> waits);
    };
  }

  static Act killAtStart(Step step) {
    return (scene, pod, random) -> {
      pod.kill();
      pod.start(Duration.ZERO, Optional.of(step));
      boolean waits = pod.waitsAtStep(STARTS);
      return kill(scene, pod, random).filter(killed -> waits);
    };
  }

  /** Has Redis forget the pool until the pod is the one to load it again. */
  static Optional<String> killInIndexLoad(Scene scene, Pod pod, Random random)
      throws InterruptedException {
    pod.arm(Step.IN_INDEX_LOAD);
    Instant deadline = Instant.now().plus(REACHES_STEP);
    boolean waits = false;
    while (!waits && Instant.now().isBefore(deadline)) {
      scene.redis().flush();
      waits = pod.waitsAtStep(Duration.ofMillis(300));
    }
    boolean reached = waits;
    return kill(scene, pod, random).filter(killed -> reached);
  }

  /** A committed grant is not answered when the process is told to end, and so it waits. */
  static Optional<String> killInDrain(Scene scene, Pod pod, Random random)
      throws InterruptedException {
    pod.arm(Step.AFTER_GRANT);
    boolean waits = pod.waitsAtStep(REACHES_STEP);
    pod.terminate();
    Thread.sleep(DRAINS);
    return kill(scene, pod, random).filter(killed -> waits);
  }

  /** As in a rolling update: told to end, it does so in order, and another takes its place. */
  static Optional<String> rollOver(Scene scene, Pod pod, Random random)
      throws InterruptedException {
    Instant from = Instant.now();
    pod.terminate();
    boolean inOrder = pod.endsInOrder();
    scene.disturbances().add(pod, from, Instant.now());
    pod.kill();
    pod.start();
    return inOrder ? Optional.of(pod.toString()) : Optional.empty();
  }

  static Optional<String> jumpClock(Scene scene, Pod pod, Random random)
      throws InterruptedException {
    Duration ahead = minutes(random);
    pod.setClock(ahead);
    Thread.sleep(scene.lease());
    pod.setClock(Duration.ZERO);
    return Optional.of("%s ahead by %d s".formatted(pod, ahead.toSeconds()));
  }

  /** Its key statement, too, is of the wrong time. */
  static Optional<String> certifyByWrongClock(Scene scene, Pod pod, Random random)
      throws InterruptedException {
    pod.kill();
    Duration ahead = minutes(random);
    pod.start(ahead, Optional.empty());
    pod.awaitReady();
    Thread.sleep(SERVES);
    return Optional.of("%s ahead by %d s".formatted(pod, ahead.toSeconds()));
  }

  /** Either way; less than the ten minutes by which a key statement begins early. */
  private static Duration minutes(Random random) {
    Duration minutes = Duration.ofSeconds(random.nextInt(60, 540));
    return random.nextBoolean() ? minutes : minutes.negated();
  }
}
