package ai.coditect.licensing.api.seats;

import ai.coditect.licensing.api.callers.Pod;
import ai.coditect.licensing.api.seats.AcquireResult.Refused;
import ai.coditect.licensing.api.signing.SeatSigner;
import ai.coditect.licensing.api.signing.SignedSeat;
import ai.coditect.licensing.api.signing.SigningUnavailableException;
import ai.coditect.licensing.stores.ledger.LedgerUnavailableException;
import ai.coditect.licensing.stores.ledger.ReleaseOutcome;
import ai.coditect.licensing.stores.ledger.RenewOutcome;
import ai.coditect.licensing.stores.ledger.Seat;
import ai.coditect.licensing.stores.ledger.SeatLedger;
import ai.coditect.licensing.stores.seats.SeatIndex;
import ai.coditect.licensing.stores.seats.SeatIndex.HeldSlot;
import ai.coditect.licensing.stores.seats.SeatIndex.PoolRef;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where seats of one tenant are asked for, kept and given back. The ledger decides, the index makes
 * it fast, the signer proves it.
 *
 * <p>Every method throws {@link LedgerUnavailableException} where Postgres is away, and, but for
 * {@link #release}, {@link SigningUnavailableException} where no token could be signed: then
 * nothing was granted or renewed.
 */
public final class SeatDesk {

  private static final Logger LOG = LoggerFactory.getLogger(SeatDesk.class);

  /** No resource of Kubernetes has such a name. */
  private static final String NO_POOL = "-";

  private final String tenantId;
  private final SeatLedger ledger;
  private final SeatIndex index;
  private final SeatTaker taker;
  private final Seating seating;
  private final ManyRenewals manyRenewals;
  private final SeatSigner signer;
  private final Runnable written;

  /**
   * @param written told, on the caller's thread, of each seat that was written
   */
  public SeatDesk(
      String tenantId,
      SeatLedger ledger,
      SeatIndex index,
      LicenseKeys keys,
      SeatTaker taker,
      SeatSigner signer,
      Runnable written) {
    this.tenantId = tenantId;
    this.ledger = ledger;
    this.index = index;
    this.taker = taker;
    this.seating = new Seating(keys, taker);
    this.manyRenewals = new ManyRenewals(ledger);
    this.signer = signer;
    this.written = written;
  }

  /** Who asks this tenant for a seat, as {@link Applicant#of}. */
  public Applicant applicant(String licenseKey, String hardwareId, String instance) {
    return Applicant.of(tenantId, licenseKey, hardwareId, instance);
  }

  /**
   * A pod that asks this tenant for a seat of a pool by its token alone, as {@link
   * Applicant#ofPod}.
   */
  public Applicant applicant(String poolId, Pod pod, String instance) {
    return Applicant.ofPod(
        tenantId, poolId, pod.namespace(), pod.serviceAccount(), pod.hardwareId(), instance);
  }

  /** Grants the applicant a seat of the pool its key opens. */
  public AcquireResult acquire(Applicant applicant) {
    // Before anything is taken: a seat without a token would be lost for a lease.
    return switch (seating.take(applicant, signer::requireAvailable)) {
      case Seating.Result.Seated(Seat seat) -> granted(seat);
      case Seating.Result.Refused(Optional<String> poolId, Refusal why) -> new Refused(poolId, why);
    };
  }

  /** Walks an acquire's way through the stores to where there is no such pool. Changes nothing. */
  public void rehearse() {
    String nobody = UUID.randomUUID().toString();
    taker.take(NO_POOL, applicant(nobody, nobody, ""));
  }

  /** Extends the session's lease and signs a fresh token. */
  public HeartbeatResult heartbeat(UUID sessionId) {
    signer.requireAvailable();
    return kept(ledger.renew(sessionId));
  }

  /**
   * As {@link #heartbeat} for many sessions at once, in their order; one that is refused, or fails,
   * fails no other. They are renewed in steps, and tokens are signed, while the answer is consumed,
   * which lets other callers in between.
   *
   * @throws LedgerUnavailableException where the ledger was away for all of the first step
   */
  public Stream<HeartbeatResult> heartbeats(List<UUID> sessionIds) {
    signer.requireAvailable();
    if (sessionIds.isEmpty()) {
      return Stream.empty();
    }
    Iterator<RenewOutcome> outcomes = manyRenewals.renew(sessionIds);
    Turns turns = new Turns();
    return StreamSupport.stream(
            Spliterators.spliterator(outcomes, sessionIds.size(), Spliterator.ORDERED), false)
        .map(outcome -> keptInTurn(outcome, turns));
  }

  private HeartbeatResult keptInTurn(RenewOutcome outcome, Turns turns) {
    turns.next();
    try {
      return outcome instanceof RenewOutcome.Unavailable
          ? new HeartbeatResult.LedgerUnavailable()
          : kept(outcome);
    } catch (SigningUnavailableException e) {
      return new HeartbeatResult.SigningUnavailable();
    } catch (RuntimeException e) {
      LOG.atError().setCause(e).log("One of many heartbeats failed");
      return new HeartbeatResult.Failed();
    }
  }

  private HeartbeatResult kept(RenewOutcome outcome) {
    return switch (outcome) {
      case RenewOutcome.Renewed(Seat seat) ->
          prove(seat)
              .<HeartbeatResult>map(HeartbeatResult.Kept::new)
              // Its licence ends within seconds, and the lease with it.
              .orElseGet(HeartbeatResult.LicenseExpired::new);
      case RenewOutcome.Superseded() -> new HeartbeatResult.Superseded();
      case RenewOutcome.Ended ended -> new HeartbeatResult.Ended(ended.reason());
      case RenewOutcome.UnknownSession() -> new HeartbeatResult.UnknownSession();
      case RenewOutcome.KeyRevoked() -> new HeartbeatResult.KeyRevoked();
      case RenewOutcome.LicenseExpired() -> new HeartbeatResult.LicenseExpired();
      case RenewOutcome.TenantSuspended() -> new HeartbeatResult.Suspended();
      case RenewOutcome.Unavailable() ->
          throw new IllegalStateException("Only among the answers to many renewals");
    };
  }

  /**
   * Ends the session; its seat is free at once. Ending it again changes nothing. A borrowed seat
   * stays as it is.
   */
  public ReleaseResult release(UUID sessionId) {
    return ended(ledger.release(sessionId));
  }

  /** As {@link #release}, of a borrowed seat, too. */
  public ReleaseResult giveBack(UUID sessionId) {
    return ended(ledger.giveBack(sessionId));
  }

  /**
   * As {@link #giveBack}, by the wish of an administrator.
   *
   * @param principal the administrator
   */
  public ReleaseResult forceOut(UUID sessionId, String principal) {
    return ended(ledger.forceOut(sessionId, principal));
  }

  private ReleaseResult ended(ReleaseOutcome outcome) {
    return switch (outcome) {
      case ReleaseOutcome.Released released -> {
        written.run();
        index.freed(ref(released.poolId()), released.slot(), released.slotGeneration());
        taker.seatCameFree(released.poolId());
        yield ReleaseResult.RELEASED;
      }
      case ReleaseOutcome.StillBorrowed ignored -> ReleaseResult.STILL_BORROWED;
      case ReleaseOutcome.AlreadyEnded ignored -> ReleaseResult.RELEASED;
      case ReleaseOutcome.UnknownSession() -> ReleaseResult.UNKNOWN_SESSION;
    };
  }

  private AcquireResult granted(Seat seat) {
    return prove(seat)
        .<AcquireResult>map(AcquireResult.Acquired::new)
        .orElseGet(() -> new Refused(Optional.of(seat.poolId()), endsTooSoon(seat)));
  }

  /** A seat whose lease ends within seconds: by its licence's end, or granted long ago. */
  private static Refusal endsTooSoon(Seat seat) {
    boolean wasNeverProved = !SeatSigner.endOf(seat).isAfter(seat.sessionBegan());
    return wasNeverProved ? new Refusal.LicenseExpired() : new Refusal.IdempotentSessionEnded();
  }

  /** Empty where the lease ends so soon that no token about it could be of use. */
  private Optional<SignedSeat> prove(Seat seat) {
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

  /**
   * Lets others on after each few signatures: a virtual thread that computes is not interrupted.
   */
  private static final class Turns {
    private static final int SIGNATURES_IN_A_ROW = 8;
    private int signatures;

    // The scheduler of virtual threads puts whoever yields behind all that can run.
    @SuppressWarnings("ThreadPriorityCheck")
    void next() {
      if (++signatures % SIGNATURES_IN_A_ROW == 0) {
        Thread.yield();
      }
    }
  }
}
