package ai.coditect.licensing.api.seats;

import ai.coditect.licensing.api.signing.SeatSigner;
import ai.coditect.licensing.api.signing.SignedSeat;
import ai.coditect.licensing.stores.ledger.GrantOutcome;
import ai.coditect.licensing.stores.ledger.LicensedPool;
import ai.coditect.licensing.stores.ledger.ReleaseOutcome;
import ai.coditect.licensing.stores.ledger.RenewOutcome;
import ai.coditect.licensing.stores.ledger.Seat;
import ai.coditect.licensing.stores.ledger.SeatLedger;
import ai.coditect.licensing.stores.seats.RateLimits;
import ai.coditect.licensing.stores.seats.SeatIndex;
import ai.coditect.licensing.stores.seats.SeatIndex.HeldSlot;
import ai.coditect.licensing.stores.seats.SeatIndex.PoolRef;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/**
 * Where seats of one tenant are asked for, kept and given back. The ledger decides, the index makes
 * it fast, the signer proves it.
 *
 * <p>Every method throws {@link ai.coditect.licensing.stores.ledger.LedgerUnavailableException}
 * where Postgres is away, and, but for {@link #release}, {@link
 * ai.coditect.licensing.api.signing.SigningUnavailableException} where no token could be signed:
 * then nothing was granted or renewed.
 */
public final class SeatDesk {

  private final String tenantId;
  private final SeatLedger ledger;
  private final SeatIndex index;
  private final RateLimits rateLimits;
  private final LicenseKeys keys;
  private final SeatTaker taker;
  private final SeatSigner signer;
  private final Runnable written;

  /**
   * @param written told, on the caller's thread, of each seat that was written
   */
  public SeatDesk(
      String tenantId,
      SeatLedger ledger,
      SeatIndex index,
      RateLimits rateLimits,
      LicenseKeys keys,
      SeatTaker taker,
      SeatSigner signer,
      Runnable written) {
    this.tenantId = tenantId;
    this.ledger = ledger;
    this.index = index;
    this.rateLimits = rateLimits;
    this.keys = keys;
    this.taker = taker;
    this.signer = signer;
    this.written = written;
  }

  /** Grants the applicant a seat of the pool its key opens. */
  public AcquireResult acquire(Applicant applicant) {
    Duration wait = rateLimits.admit(tenantId);
    if (wait.isPositive()) {
      return new AcquireResult.RateLimited(wait);
    }
    // Before anything is taken: a seat without a token would be lost for a lease.
    signer.requireAvailable();
    Optional<LicensedPool> pool = keys.poolOf(applicant.licenseKeySha256Hex());
    if (pool.isEmpty()) {
      return new AcquireResult.UnknownKey();
    }
    if (pool.get().tenantSuspended()) {
      return new AcquireResult.Suspended();
    }
    return switch (taker.take(pool.get().poolId(), applicant)) {
      case GrantOutcome.Granted(Seat seat) -> new AcquireResult.Acquired(prove(seat));
      case GrantOutcome.PoolFull(Duration until) -> new AcquireResult.PoolExhausted(until);
      case GrantOutcome.TenantSuspended() -> new AcquireResult.Suspended();
      case GrantOutcome.UnknownKey() -> {
        keys.forget(applicant.licenseKeySha256Hex());
        yield new AcquireResult.UnknownKey();
      }
      case GrantOutcome.LicenseExpired ignored -> throw new UnsupportedOperationException();
      case GrantOutcome.LicenseNotYetValid ignored -> throw new UnsupportedOperationException();
      case GrantOutcome.IdempotencyKeyReused ignored -> throw new UnsupportedOperationException();
      case GrantOutcome.IdempotentSessionEnded ignored -> throw new UnsupportedOperationException();
      case GrantOutcome.SlotHeld ignored ->
          throw new IllegalStateException("A seat the ledger chose itself is never held");
    };
  }

  /** Extends the session's lease and signs a fresh token. */
  public HeartbeatResult heartbeat(UUID sessionId) {
    signer.requireAvailable();
    return switch (ledger.renew(sessionId)) {
      case RenewOutcome.Renewed(Seat seat) -> new HeartbeatResult.Kept(prove(seat));
      case RenewOutcome.Superseded() -> new HeartbeatResult.Superseded();
      case RenewOutcome.Ended ended -> new HeartbeatResult.Ended(ended.reason());
      case RenewOutcome.UnknownSession() -> new HeartbeatResult.UnknownSession();
      case RenewOutcome.KeyRevoked() -> new HeartbeatResult.KeyRevoked();
      case RenewOutcome.LicenseExpired ignored -> throw new UnsupportedOperationException();
      case RenewOutcome.Unavailable ignored -> throw new UnsupportedOperationException();
      case RenewOutcome.TenantSuspended() -> new HeartbeatResult.Suspended();
    };
  }

  /** Ends the session; its seat is free at once. Ending it again changes nothing. */
  public ReleaseResult release(UUID sessionId) {
    return switch (ledger.release(sessionId)) {
      case ReleaseOutcome.Released released -> {
        written.run();
        index.freed(ref(released.poolId()), released.slot(), released.slotGeneration());
        taker.seatCameFree(released.poolId());
        yield ReleaseResult.RELEASED;
      }
      case ReleaseOutcome.AlreadyEnded ignored -> ReleaseResult.RELEASED;
      case ReleaseOutcome.UnknownSession() -> ReleaseResult.UNKNOWN_SESSION;
    };
  }

  private SignedSeat prove(Seat seat) {
    written.run();
    Duration remaining = Duration.between(seat.grantedAt(), seat.leaseUntil());
    index.held(
        ref(seat.poolId()),
        new HeldSlot(seat.slot(), seat.slotGeneration(), seat.holder(), remaining));
    return signer.sign(seat);
  }

  private PoolRef ref(String poolId) {
    return new PoolRef(tenantId, poolId);
  }
}
