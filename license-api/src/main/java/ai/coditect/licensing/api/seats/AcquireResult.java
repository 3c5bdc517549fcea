package ai.coditect.licensing.api.seats;

import ai.coditect.licensing.api.signing.SignedSeat;
import java.time.Duration;

/** What became of an acquire. */
public sealed interface AcquireResult {

  /** The applicant holds the seat. */
  record Acquired(SignedSeat seat) implements AcquireResult {}

  /** The tenant asks for more seats per second than it may; try again after this time. */
  record RateLimited(Duration retryAfter) implements AcquireResult {}

  /** The key opens no pool. */
  record UnknownKey() implements AcquireResult {}

  /** The tenant is suspended. */
  record Suspended() implements AcquireResult {}

  /**
   * Every seat is held.
   *
   * @param untilFirstLeaseEnds when one comes free if nobody releases; zero where the pool has no
   *     seats
   */
  record PoolExhausted(Duration untilFirstLeaseEnds) implements AcquireResult {}
}
