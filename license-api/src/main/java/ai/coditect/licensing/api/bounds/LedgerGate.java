package ai.coditect.licensing.api.bounds;

import ai.coditect.licensing.stores.ledger.LedgerUnavailableException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Lets few reads of one kind through to the ledger at a time, so that a flood of them leaves its
 * connections to those who hold seats.
 */
public final class LedgerGate {

  private static final Duration PATIENCE = Duration.ofMillis(800);

  private final Semaphore permits;

  public LedgerGate(int readsAtATime) {
    this.permits = new Semaphore(readsAtATime, true);
  }

  /**
   * Reads when it is this caller's turn.
   *
   * @throws LedgerUnavailableException where the turn does not come in time, and as the read does
   */
  public <T> T read(Supplier<T> read) {
    acquire();
    try {
      return read.get();
    } finally {
      permits.release();
    }
  }

  private void acquire() {
    try {
      if (!permits.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new LedgerUnavailableException(
            "Too many reads of one kind wait for the ledger", null);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LedgerUnavailableException("Interrupted while waiting for the ledger", e);
    }
  }
}
