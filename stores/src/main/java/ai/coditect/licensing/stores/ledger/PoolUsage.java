package ai.coditect.licensing.stores.ledger;

/**
 * A pool's slots at one instant of Postgres' clock.
 *
 * @param seats the limit
 * @param inUse slots whose lease has not ended, those above the limit included
 * @param revision rises with every change of the pool's record, also where another resource adopts
 *     it; what is copied from the ledger, as the limit in Redis, is guarded by it
 * @param fingerprint another one where the pool's row, its keys, the number of its slots or its
 *     tenant's being in service has changed, be it by hand; seats that are taken and given back do
 *     not change it. Means nothing by itself, and something else after an upgrade of Postgres
 */
public record PoolUsage(int seats, int inUse, long revision, long fingerprint) {

  /** Seats that can be granted now. */
  public int free() {
    return Math.max(0, seats - inUse);
  }

  /** Holders beyond a limit that was lowered under them. */
  public int excess() {
    return Math.max(0, inUse - seats);
  }
}
