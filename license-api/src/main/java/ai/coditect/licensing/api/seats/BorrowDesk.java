package ai.coditect.licensing.api.seats;

import ai.coditect.licensing.api.signing.BorrowSigner;
import ai.coditect.licensing.api.signing.SignedBorrow;
import ai.coditect.licensing.api.signing.SigningUnavailableException;
import ai.coditect.licensing.stores.ledger.BorrowConfirmation;
import ai.coditect.licensing.stores.ledger.BorrowOutcome;
import ai.coditect.licensing.stores.ledger.LedgerUnavailableException;
import ai.coditect.licensing.stores.ledger.ReleaseOutcome;
import ai.coditect.licensing.stores.ledger.Seat;
import ai.coditect.licensing.stores.ledger.SeatLedger;
import ai.coditect.licensing.stores.seats.SeatIndex;
import ai.coditect.licensing.stores.seats.SeatIndex.HeldSlot;
import ai.coditect.licensing.stores.seats.SeatIndex.PoolRef;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where seats of one tenant are borrowed for days. The ledger sets a seat aside for half a minute,
 * the root signs its token, and only then does the ledger hold the seat to its end: a process that
 * dies in between, or a root that cannot sign, costs no more than an acquire that is cut off.
 */
public final class BorrowDesk {

  private static final Logger LOG = LoggerFactory.getLogger(BorrowDesk.class);

  /** Between the two steps somebody may end the session, or change what the pool offers. */
  private static final int ATTEMPTS = 2;

  private final String tenantId;
  private final SeatLedger ledger;
  private final SeatIndex index;
  private final Seating seating;
  private final BorrowSigner signer;
  private final Runnable written;

  /**
   * @param written told, on the caller's thread, of each seat that was written
   */
  public BorrowDesk(
      String tenantId,
      SeatLedger ledger,
      SeatIndex index,
      Seating seating,
      BorrowSigner signer,
      Runnable written) {
    this.tenantId = tenantId;
    this.ledger = ledger;
    this.index = index;
    this.seating = seating;
    this.signer = signer;
    this.written = written;
  }

  /**
   * Lends the applicant a seat of the pool its key opens: the one it holds already, or another.
   *
   * @param applicant that {@linkplain Applicant#borrowing wishes to borrow}
   * @throws SigningUnavailableException where the root cannot sign: then nothing was lent
   * @throws LedgerUnavailableException where Postgres is away. The same applicant asking again gets
   *     the seat that it may have got
   */
  public BorrowResult borrow(Applicant applicant) {
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      switch (seating.take(applicant, () -> {})) {
        case Seating.Result.Refused(Optional<String> poolId, Refusal why) -> {
          return new BorrowResult.Refused(poolId, why);
        }
        case Seating.Result.Seated(Seat seat) -> {
          Optional<BorrowResult> result = lend(seat, applicant);
          if (result.isPresent()) {
            return result.get();
          }
        }
      }
    }
    throw new LedgerUnavailableException("The seat changed again and again meanwhile", null);
  }

  /**
   * Lends it. A seat that was borrowed under the same idempotency key, and is held by heartbeats by
   * now, is lent no more.
   *
   * @return empty where the session ended, or may not have the seat for so long any more
   */
  private Optional<BorrowResult> lend(Seat seat, Applicant applicant) {
    if (seat.borrowedUntil().isEmpty()) {
      return Optional.of(refused(seat, new Refusal.IdempotentSessionEnded()));
    }
    tell(seat);
    Optional<SignedBorrow> signed = signed(seat);
    if (signed.isEmpty()) {
      undo(seat);
      return Optional.of(refused(seat, new Refusal.LicenseExpired()));
    }
    return switch (ledger.confirmBorrow(confirmation(seat, applicant))) {
      case BorrowOutcome.Borrowed(Seat borrowed) -> {
        tell(borrowed);
        yield signed.map(BorrowResult.Borrowed::new);
      }
      case BorrowOutcome.Withdrawn() -> {
        undo(seat);
        yield Optional.empty();
      }
    };
  }

  private static BorrowResult refused(Seat seat, Refusal why) {
    return new BorrowResult.Refused(Optional.of(seat.poolId()), why);
  }

  private Optional<SignedBorrow> signed(Seat seat) {
    try {
      return signer.sign(seat);
    } catch (RuntimeException e) {
      undo(seat);
      throw e;
    }
  }

  private static BorrowConfirmation confirmation(Seat seat, Applicant applicant) {
    return new BorrowConfirmation(
        seat.sessionId(),
        seat.borrowedUntil().orElseThrow(),
        applicant.idempotencyKey(),
        applicant.principal());
  }

  /** A seat that the applicant had before stays its own. */
  private void undo(Seat seat) {
    try {
      if (!seat.isOfNewSession()) {
        ledger.withdrawBorrow(seat.sessionId());
      } else if (ledger.giveBack(seat.sessionId()) instanceof ReleaseOutcome.Released released) {
        index.freed(pool(seat), released.slot(), released.slotGeneration());
      }
    } catch (LedgerUnavailableException e) {
      LOG.atDebug().addKeyValue("cause", e.toString()).log("Set aside for half a minute");
    }
  }

  private void tell(Seat seat) {
    written.run();
    Duration remaining = Duration.between(seat.grantedAt(), seat.leaseUntil());
    index.held(
        pool(seat), new HeldSlot(seat.slot(), seat.slotGeneration(), seat.holder(), remaining));
  }

  private PoolRef pool(Seat seat) {
    return new PoolRef(tenantId, seat.poolId());
  }
}
