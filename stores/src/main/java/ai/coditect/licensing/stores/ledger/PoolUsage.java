package ai.coditect.licensing.stores.ledger;

/**
 * A pool's slots at one instant of Postgres' clock.
 *
 * @param seats the limit
 * @param inUse slots whose lease has not ended, those above the limit included
 * @param revision rises with every change of the pool's record, also where another resource adopts
 *     it; what is copied from the ledger, as the limit in Redis, is guarded by it
 */
public record PoolUsage(int seats, int inUse, long revision) {

  /** Seats that can be granted now. */
  public int free() {
    return Math.max(0, seats - inUse);
  }

  /** Holders beyond a limit that was lowered under them. */
  public int excess() {
    return Math.max(0, inUse - seats);
  }
}
