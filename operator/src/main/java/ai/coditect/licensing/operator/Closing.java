package ai.coditect.licensing.operator;

import java.time.Duration;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes side by side what may hang, and goes on without what does. */
final class Closing {

  private static final Logger LOG = LoggerFactory.getLogger(Closing.class);

  private Closing() {}

  /** Waits for all of them together no longer than the limit. */
  static void within(Duration limit, AutoCloseable... parts) {
    long until = System.nanoTime() + limit.toNanos();
    var closing =
        Stream.of(parts)
            .map(part -> Thread.ofVirtual().name("closing").start(() -> close(part)))
            .toList();
    try {
      for (var thread : closing) {
        if (!thread.join(Duration.ofNanos(until - System.nanoTime()))) {
          LOG.atWarn().log("Something hangs at the end of the process and is cut off with it");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void close(AutoCloseable part) {
    try {
      part.close();
    } catch (Exception e) {
      LOG.atWarn().setCause(e).log("Something could not be closed");
    }
  }
}
