package ai.coditect.licensing.api.seats;

import java.time.Duration;

/** Why an acquire was refused. */
public sealed interface Refusal {

  /** The key opens no pool. */
  record UnknownKey() implements Refusal {}

  /** The tenant is suspended. */
  record Suspended() implements Refusal {}

  /** The licence, and the days of grace after it, have ended. */
  record LicenseExpired() implements Refusal {}

  /**
   * The licence begins later.
   *
   * @param until how long it takes until then
   */
  record LicenseNotYetValid(Duration until) implements Refusal {}

  /**
   * Every seat is held.
   *
   * @param untilFirstLeaseEnds when one comes free if nobody releases; zero where the pool has no
   *     seats
   */
  record PoolExhausted(Duration untilFirstLeaseEnds) implements Refusal {}

  /** The pool lends no seats. */
  record BorrowNotOffered() implements Refusal {}

  /**
   * The pool lends seats for fewer days.
   *
   * @param maxDays at most
   */
  record BorrowTooLong(int maxDays) implements Refusal {}

  /** As many seats are borrowed as the pool lends. */
  record BorrowLimitReached() implements Refusal {}

  /** The idempotency key was used for another request. */
  record IdempotencyKeyReused() implements Refusal {}

  /** The session that was granted under the idempotency key has ended; no other one is granted. */
  record IdempotentSessionEnded() implements Refusal {}
}
