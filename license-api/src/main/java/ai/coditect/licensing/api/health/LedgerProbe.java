package ai.coditect.licensing.api.health;

import ai.coditect.licensing.stores.ledger.LedgerUnavailableException;
import ai.coditect.licensing.stores.ledger.SeatLedger;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the ledger once a second whether it can be written. One probe at a time, however many ask
 * for its result; two failures in a row make it unwritable, one success makes it writable.
 *
 * <p>A probe waits for a connection like any caller, and fails where callers use them all. So what
 * was written for one of them since the last probe counts as a success: a pod that is only busy
 * shall not hand its load to the others.
 */
public final class LedgerProbe implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(LedgerProbe.class);
  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final int FAILURES_TO_BELIEVE = 2;

  private final SeatLedger ledger;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final AtomicBoolean written = new AtomicBoolean();
  private volatile boolean writable;
  private int failures;

  public LedgerProbe(SeatLedger ledger) {
    this.ledger = ledger;
  }

  /** Begins to probe, in the background. */
  public void start() {
    Thread.ofVirtual().name("ledger-probe").start(this::run);
  }

  /** Something was written for a caller. */
  public void written() {
    written.set(true);
  }

  /** Whether a renewal could be written a moment ago; false before the first probe. */
  boolean writable() {
    return writable;
  }

  @Override
  public void close() {
    closed.countDown();
  }

  private void run() {
    try {
      do {
        probe();
      } while (!closed.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  void probe() {
    boolean answered = isWritableNow();
    boolean wrote = written.getAndSet(false);
    if (answered || wrote) {
      failures = 0;
      become(true);
    } else {
      failures++;
      if (failures >= FAILURES_TO_BELIEVE) {
        become(false);
      }
    }
  }

  private boolean isWritableNow() {
    try {
      return ledger.writable();
    } catch (LedgerUnavailableException e) {
      return false;
    } catch (RuntimeException e) {
      LOG.atWarn().setCause(e).log("The ledger could not be probed");
      return false;
    }
  }

  private void become(boolean now) {
    if (writable != now) {
      writable = now;
      LOG.atInfo().addKeyValue("writable", now).log("Ledger probed");
    }
  }
}
