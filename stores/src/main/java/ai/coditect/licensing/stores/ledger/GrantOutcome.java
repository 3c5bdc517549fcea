package ai.coditect.licensing.stores.ledger;

import java.time.Duration;
import java.util.Optional;

/** What became of a {@link GrantRequest}. */
public sealed interface GrantOutcome {

  /**
   * The holder has the seat; a session it had before in this pool is superseded. Also where the
   * request's idempotency key was granted this seat before and it is still held, or the holder has
   * borrowed it: then nothing was changed.
   *
   * <p>A seat that is asked for to be borrowed is held for a lease, and for half a minute set aside
   * to be borrowed until {@link Seat#borrowedUntil}: {@link SeatLedger#confirmBorrow} within that
   * time holds it as long. A holder's live session stays the same.
   */
  record Granted(Seat seat) implements GrantOutcome {}

  /**
   * The slot that was named cannot be taken: the index is stale.
   *
   * @param by who holds it, so that the index can be told; empty where the pool has no such slot
   */
  record SlotHeld(Optional<LiveSlot> by) implements GrantOutcome {}

  /**
   * No seat is free.
   *
   * @param untilFirstLeaseEnds when one may come free at the earliest if nobody releases; zero
   *     where the pool has no seats
   */
  record PoolFull(Duration untilFirstLeaseEnds) implements GrantOutcome {}

  /** The tenant is suspended. */
  record TenantSuspended() implements GrantOutcome {}

  /** The licence, and the days of grace after it, have ended. */
  record LicenseExpired() implements GrantOutcome {}

  /**
   * The licence begins later.
   *
   * @param until how long it takes until then
   */
  record LicenseNotYetValid(Duration until) implements GrantOutcome {}

  /** The pool lends no seats. */
  record BorrowNotOffered() implements GrantOutcome {}

  /**
   * The pool lends seats for fewer days.
   *
   * @param maxDays at most
   */
  record BorrowTooLong(int maxDays) implements GrantOutcome {}

  /** As many seats are borrowed as the pool lends. */
  record BorrowLimitReached() implements GrantOutcome {}

  /** The idempotency key was used for another request. */
  record IdempotencyKeyReused() implements GrantOutcome {}

  /** The session that was granted under the idempotency key has ended; no other one is granted. */
  record IdempotentSessionEnded() implements GrantOutcome {}

  /** The key is unknown, revoked, or its pool is not served any more. */
  record UnknownKey() implements GrantOutcome {}
}
