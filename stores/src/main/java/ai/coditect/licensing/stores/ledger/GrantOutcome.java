package ai.coditect.licensing.stores.ledger;

import java.time.Duration;

/** What became of a {@link GrantRequest}. */
public sealed interface GrantOutcome {

  /** The holder has the seat; a session it had before in this pool is superseded. */
  record Granted(Seat seat) implements GrantOutcome {}

  /** Somebody else holds the slot that was named: the index is stale. */
  record SlotHeld() implements GrantOutcome {}

  /**
   * No seat is free.
   *
   * @param untilFirstLeaseEnds when one may come free at the earliest if nobody releases; zero
   *     where the pool has no seats
   */
  record PoolFull(Duration untilFirstLeaseEnds) implements GrantOutcome {}

  /** The tenant is suspended. */
  record TenantSuspended() implements GrantOutcome {}

  /** The key is unknown, revoked, or its pool is not served any more. */
  record UnknownKey() implements GrantOutcome {}
}
