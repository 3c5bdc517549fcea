package ai.coditect.licensing.benchmarks;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** Looks again and again until something is there. */
final class Await {

  private static final Duration LOOK_AGAIN = Duration.ofMillis(10);

  private Await() {}

  /**
   * Answers what is looked for as soon as it is there.
   *
   * @throws IllegalStateException where it is not there in time
   */
  static <T> T present(String what, Duration patience, Supplier<Optional<T>> look) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (System.nanoTime() < deadline) {
      Optional<T> found = look.get();
      if (found.isPresent()) {
        return found.get();
      }
      pause();
    }
    throw new IllegalStateException("Waited in vain for " + what);
  }

  private static void pause() {
    try {
      Thread.sleep(LOOK_AGAIN);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted", e);
    }
  }
}
