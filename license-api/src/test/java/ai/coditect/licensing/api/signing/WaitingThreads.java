package ai.coditect.licensing.api.signing;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;

/** Threads that a test holds up, to see what others do meanwhile. */
final class WaitingThreads {

  private WaitingThreads() {}

  static void waitFor(Thread thread, Thread.State state) {
    Awaitility.await().pollInterval(Duration.ofMillis(1)).until(() -> thread.getState() == state);
  }

  static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
