package ai.coditect.licensing.stores.seats;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers that Redis failed, so that it costs callers next to nothing: for a moment nobody asks
 * it again. Of a cluster only those keys rest that share a server, or luck, with the one that
 * failed.
 */
final class RedisAbsence {

  private static final Logger LOG = LoggerFactory.getLogger(RedisAbsence.class);
  private static final long PAUSE_NANOS = Duration.ofMillis(500).toNanos();

  /** After this without a failure it is said to be back; one that comes and goes is not. */
  private static final long STEADY_NANOS = Duration.ofSeconds(1).toNanos();

  private static final int SHARES = 64;

  private final AtomicLongArray untilNanos = new AtomicLongArray(SHARES);
  private final AtomicLong failedNanos = new AtomicLong();
  private final AtomicBoolean isTold = new AtomicBoolean();
  private volatile int shares = 1;

  RedisAbsence() {
    for (var share = 0; share < SHARES; share++) {
      untilNanos.set(share, System.nanoTime());
    }
  }

  /** Says of what kind the server is: until then it is a single one. */
  void isOfCluster(boolean cluster) {
    shares = cluster ? SHARES : 1;
  }

  /** Whether asking for the key failed a moment ago. */
  boolean lasts(String key) {
    return System.nanoTime() - untilNanos.get(share(key)) < 0;
  }

  /** Begins, or goes on. */
  SeatIndexUnavailableException because(String key, Throwable failure) {
    var now = System.nanoTime();
    untilNanos.set(share(key), now + PAUSE_NANOS);
    failedNanos.set(now);
    if (isTold.compareAndSet(false, true)) {
      LOG.atWarn()
          .addKeyValue("cause", String.valueOf(failure.getMessage()))
          .log("Redis is away: the ledger chooses seats until it is back");
    }
    return new SeatIndexUnavailableException("Redis is away", failure);
  }

  /** Redis answered. */
  void end() {
    if (isTold.get()
        && System.nanoTime() - failedNanos.get() > STEADY_NANOS
        && isTold.compareAndSet(true, false)) {
      LOG.info("Redis is back");
    }
  }

  private int share(String key) {
    return Math.floorMod(key.hashCode(), shares);
  }
}
