package ai.coditect.licensing.api.seats;

import ai.coditect.licensing.stores.ledger.GrantOutcome;
import ai.coditect.licensing.stores.ledger.LicensedPool;
import ai.coditect.licensing.stores.ledger.Seat;
import java.time.Duration;
import java.util.Optional;

/** Takes seats for applicants of one tenant, or says why not. */
public final class Seating {

  private final LicenseKeys keys;
  private final SeatTaker taker;

  public Seating(LicenseKeys keys, SeatTaker taker) {
    this.keys = keys;
    this.taker = taker;
  }

  /**
   * Takes a seat of the pool that the applicant's key opens.
   *
   * @param beforeAnythingIsTaken throws where a seat would be of no use
   * @throws ai.coditect.licensing.stores.ledger.LedgerUnavailableException where Postgres is away
   */
  Result take(Applicant applicant, Runnable beforeAnythingIsTaken) {
    beforeAnythingIsTaken.run();
    Optional<LicensedPool> pool = keys.poolOf(applicant.licenseKeySha256Hex());
    if (pool.isEmpty()) {
      return new Result.Refused(Optional.empty(), new Refusal.UnknownKey());
    }
    return pool.get().tenantSuspended()
        ? new Result.Refused(Optional.of(pool.get().poolId()), new Refusal.Suspended())
        : take(pool.get().poolId(), applicant);
  }

  private Result take(String poolId, Applicant applicant) {
    GrantOutcome outcome = taker.take(poolId, applicant);
    if (outcome instanceof GrantOutcome.Granted(Seat seat)) {
      return new Result.Seated(seat);
    }
    if (outcome instanceof GrantOutcome.UnknownKey) {
      keys.forget(applicant.licenseKeySha256Hex());
    }
    return new Result.Refused(Optional.of(poolId), why(outcome));
  }

  private static Refusal why(GrantOutcome outcome) {
    return switch (outcome) {
      case GrantOutcome.PoolFull(Duration until) -> new Refusal.PoolExhausted(until);
      case GrantOutcome.TenantSuspended() -> new Refusal.Suspended();
      case GrantOutcome.LicenseExpired() -> new Refusal.LicenseExpired();
      case GrantOutcome.LicenseNotYetValid(Duration until) -> new Refusal.LicenseNotYetValid(until);
      case GrantOutcome.BorrowNotOffered() -> new Refusal.BorrowNotOffered();
      case GrantOutcome.BorrowTooLong(int maxDays) -> new Refusal.BorrowTooLong(maxDays);
      case GrantOutcome.BorrowLimitReached() -> new Refusal.BorrowLimitReached();
      case GrantOutcome.IdempotencyKeyReused() -> new Refusal.IdempotencyKeyReused();
      case GrantOutcome.IdempotentSessionEnded() -> new Refusal.IdempotentSessionEnded();
      case GrantOutcome.UnknownKey() -> new Refusal.UnknownKey();
      case GrantOutcome.SlotHeld ignored ->
          throw new IllegalStateException("A seat the ledger chose itself is never held");
      case GrantOutcome.Granted granted ->
          throw new IllegalStateException("It is no refusal: " + granted);
    };
  }

  /** What became of an applicant. */
  sealed interface Result {

    /** It has the seat; nothing proves it yet. */
    record Seated(Seat seat) implements Result {}

    /**
     * It has none.
     *
     * @param poolId the pool that the key opens; empty where that is not known
     */
    record Refused(Optional<String> poolId, Refusal why) implements Result {}
  }
}
