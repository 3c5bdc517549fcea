package ai.coditect.licensing.stores.ledger;

/**
 * How a transaction keeps others off the pools it grants in: by Postgres' advisory locks, which it
 * holds to its end. Not by locks on the pools' rows: sharers of one join past whoever waits for it
 * alone, so that busy pods would keep the operator waiting for as long as they are busy.
 */
enum PoolLock {
  /** Only the operator is kept out. A pool that it is at is passed over. */
  SHARED,

  /** Every grant, renewal and release is kept out, so that the pool's holders can be counted. */
  EXCLUSIVE;

  /** SQL for the number that stands for a pool, of its tenant's and its own name. */
  static final String NUMBER = "hashtextextended('pool ' || %s || ' ' || %s, 0)";

  /** SQL that is true where the lock was got. Waits only where the lock is exclusive. */
  String sql(String tenantId, String poolId) {
    var number = NUMBER.formatted(tenantId, poolId);
    return switch (this) {
      case SHARED -> "pg_try_advisory_xact_lock_shared(" + number + ")";
      case EXCLUSIVE -> "pg_advisory_xact_lock(" + number + ") IS NOT NULL";
    };
  }
}
