package ai.coditect.licensing.stores.ledger;

/** What became of a pool's licence keys. */
public sealed interface KeysOutcome {

  /** These are the pool's valid keys now, and were not before. */
  record Written() implements KeysOutcome {}

  /** They were already. */
  record Unchanged() implements KeysOutcome {}

  /**
   * Another pool of the tenant has one of them, or had it; nothing was written.
   *
   * @param name of the key
   * @param poolId of the other pool
   */
  record Taken(String name, String poolId) implements KeysOutcome {}
}
