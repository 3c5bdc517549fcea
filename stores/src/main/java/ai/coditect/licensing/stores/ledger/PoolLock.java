package ai.coditect.licensing.stores.ledger;

/** How a transaction keeps others off the pools it grants in. */
enum PoolLock {
  /** Only the operator is kept out. A pool that it is at is passed over. */
  SHARED,

  /** Every grant, renewal and release is kept out, so that the pool's holders can be counted. */
  EXCLUSIVE
}
