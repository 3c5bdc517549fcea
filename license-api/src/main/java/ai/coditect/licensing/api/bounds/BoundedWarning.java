package ai.coditect.licensing.api.bounds;

import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;

/**
 * A warning that is logged once a second at most, with how often it was due: an outage meets every
 * request.
 */
public final class BoundedWarning {

  private static final long BETWEEN_NANOS = Duration.ofSeconds(1).toNanos();

  private final Logger log;
  private final String message;
  private final Ticker ticker;
  private final AtomicLong times = new AtomicLong();
  private final AtomicLong nextNanos;

  public BoundedWarning(Logger log, String message, Ticker ticker) {
    this.log = log;
    this.message = message;
    this.ticker = ticker;
    this.nextNanos = new AtomicLong(ticker.read());
  }

  /** Counts the cause, and logs it unless another one was logged a moment ago. */
  public void because(Exception cause) {
    times.incrementAndGet();
    long now = ticker.read();
    long next = nextNanos.get();
    if (now - next >= 0 && nextNanos.compareAndSet(next, now + BETWEEN_NANOS)) {
      log.atWarn()
          .addKeyValue("cause", cause.toString())
          .addKeyValue("times", times.getAndSet(0))
          .log(message);
    }
  }
}
