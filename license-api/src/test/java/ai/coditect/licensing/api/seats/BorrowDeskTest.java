package ai.coditect.licensing.api.seats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coditect.licensing.api.fakes.LocalRootSigner;
import ai.coditect.licensing.api.fakes.ScriptedIndex;
import ai.coditect.licensing.api.fakes.ScriptedLedger;
import ai.coditect.licensing.api.fakes.Seats;
import ai.coditect.licensing.api.fakes.SetClock;
import ai.coditect.licensing.api.signing.BorrowSigner;
import ai.coditect.licensing.api.signing.SignedBorrow;
import ai.coditect.licensing.api.signing.SigningUnavailableException;
import ai.coditect.licensing.stores.keys.KeysUnavailableException;
import ai.coditect.licensing.stores.ledger.BorrowConfirmation;
import ai.coditect.licensing.stores.ledger.BorrowOutcome;
import ai.coditect.licensing.stores.ledger.BorrowWish;
import ai.coditect.licensing.stores.ledger.GrantOutcome;
import ai.coditect.licensing.stores.ledger.GrantRequest;
import ai.coditect.licensing.stores.ledger.LedgerUnavailableException;
import ai.coditect.licensing.stores.ledger.ReleaseOutcome;
import ai.coditect.licensing.stores.ledger.Seat;
import ai.coditect.licensing.stores.seats.SeatIndex.Choice;
import ai.coditect.licensing.stores.seats.SeatIndex.PoolRef;
import ai.coditect.licensing.tokens.SeatToken;
import ai.coditect.licensing.tokens.SeatVerifier;
import ai.coditect.licensing.tokens.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BorrowDeskTest {

  private static final Applicant ALICE =
      Applicant.of("acme", "lk_acme", "alice", "")
          .calledBy("https://id.example alice")
          .borrowing(OptionalInt.of(7));
  private static final Instant END = Seats.NOW.plus(Duration.ofDays(7));

  private final SetClock clock = new SetClock(Seats.NOW);
  private final ScriptedLedger ledger = new ScriptedLedger();
  private final ScriptedIndex index = new ScriptedIndex();
  private final LocalRootSigner kms = new LocalRootSigner();
  private final SeatTaker taker =
      new SeatTaker(
          "acme",
          ledger,
          index,
          new IndexLoader(ledger, index, Runnable::run, clock),
          new FullPools(clock),
          clock);
  private final BorrowDesk desk =
      new BorrowDesk(
          "acme",
          ledger,
          index,
          new Seating(new LicenseKeys(ledger, Runnable::run, clock), taker),
          new BorrowSigner("acme", ledger, kms),
          () -> {});

  @BeforeEach
  void knowTheKey() {
    ledger.poolsByKey.put(ALICE.licenseKeySha256Hex(), Seats.pool(false));
  }

  @Test
  void aSeatIsLentOnceTheRootHasSigned() {
    Seat seat = setAside(Seats.seat(ALICE.holder()), END);
    ledger.borrows.add(new BorrowOutcome.Borrowed(seat));

    SignedBorrow borrowed = borrowed(desk.borrow(ALICE.repeatable("k-1")));

    assertThat(borrowed.expiresAt()).isEqualTo(Instant.parse("2026-11-27T11:59:58Z"));
    assertThat(verified(borrowed.token()).slot()).isEqualTo(seat.slot());
    assertThat(verified(borrowed.token()).generation()).isEqualTo(seat.slotGeneration());
    assertThat(ledger.requests)
        .extracting(GrantRequest::borrow)
        .containsExactly(Optional.of(new BorrowWish(OptionalInt.of(7))));
    assertThat(ledger.confirmations)
        .containsExactly(
            new BorrowConfirmation(
                seat.sessionId(),
                END,
                ALICE.repeatable("k-1").idempotencyKey(),
                "https://id.example alice"));
  }

  @Test
  void whereTheRootCannotSignTheSeatIsGivenBackAndNothingIsLent() {
    Seat seat = setAside(Seats.seat(ALICE.holder()), END);
    kms.failure = Optional.of(() -> new KeysUnavailableException("away", null));

    assertThatThrownBy(() -> desk.borrow(ALICE)).isInstanceOf(SigningUnavailableException.class);

    assertThat(ledger.givenBack).containsExactly(seat.sessionId());
    assertThat(index.freed)
        .containsExactly(new ScriptedIndex.Freed(new PoolRef("acme", "cad"), 2, 6));
    assertThat(ledger.confirmations).isEmpty();
  }

  @Test
  void aSeatThatTheApplicantHadBeforeStaysItsOwnWhereTheRootCannotSign() {
    setAside(Seats.askedAt(Seats.seat(ALICE.holder()), Seats.NOW.plusSeconds(60)), END);
    kms.failure = Optional.of(() -> new KeysUnavailableException("away", null));

    assertThatThrownBy(() -> desk.borrow(ALICE)).isInstanceOf(SigningUnavailableException.class);

    assertThat(ledger.givenBack).isEmpty();
    assertThat(ledger.withdrawn).hasSize(1);
  }

  @Test
  void aRetryWhoseSeatIsHeldByHeartbeatsByNowIsLentNoMore() {
    refusing(new GrantOutcome.Granted(Seats.seat(ALICE.holder())));

    assertThat(desk.borrow(ALICE.repeatable("k-1")))
        .isEqualTo(
            new BorrowResult.Refused(Optional.of("cad"), new Refusal.IdempotentSessionEnded()));
  }

  @Test
  void aTenantWithoutARootLendsNothing() {
    Seat seat = setAside(Seats.seat(ALICE.holder()), END);
    ledger.rootVersions = Optional.empty();

    assertThatThrownBy(() -> desk.borrow(ALICE)).isInstanceOf(SigningUnavailableException.class);

    assertThat(ledger.givenBack).containsExactly(seat.sessionId());
  }

  @Test
  void whatWasWithdrawnWhileTheRootSignedIsAskedForOnceMore() {
    Seat first = setAside(Seats.seat(ALICE.holder()), END);
    ledger.borrows.add(new BorrowOutcome.Withdrawn());
    index.choices.add(new Choice.Away());
    ledger.grants.add(new GrantOutcome.TenantSuspended());

    assertThat(desk.borrow(ALICE))
        .isEqualTo(new BorrowResult.Refused(Optional.of("cad"), new Refusal.Suspended()));
    assertThat(ledger.givenBack).containsExactly(first.sessionId());
  }

  @Test
  void aSeatThatChangesAgainAndAgainIsNotWaitedFor() {
    for (int attempt = 0; attempt < 2; attempt++) {
      setAside(Seats.seat(ALICE.holder()), END);
      ledger.borrows.add(new BorrowOutcome.Withdrawn());
    }

    assertThatThrownBy(() -> desk.borrow(ALICE)).isInstanceOf(LedgerUnavailableException.class);
    assertThat(ledger.givenBack).hasSize(2);
  }

  @Test
  void aLicenceThatEndsWithinSecondsLendsNothing() {
    Seat seat = setAside(Seats.seat(ALICE.holder()), Seats.NOW.plusSeconds(2));

    assertThat(desk.borrow(ALICE))
        .isEqualTo(new BorrowResult.Refused(Optional.of("cad"), new Refusal.LicenseExpired()));
    assertThat(ledger.givenBack).containsExactly(seat.sessionId());
    assertThat(kms.signatures).hasValue(0);
  }

  @Test
  void theTermsOfThePoolAreTold() {
    refusing(new GrantOutcome.BorrowNotOffered());
    refusing(new GrantOutcome.BorrowTooLong(14));
    refusing(new GrantOutcome.BorrowLimitReached());

    assertThat(List.of(why(), why(), why()))
        .containsExactly(
            new Refusal.BorrowNotOffered(),
            new Refusal.BorrowTooLong(14),
            new Refusal.BorrowLimitReached());
  }

  @Test
  void anotherNumberOfDaysIsAnotherRequest() {
    Applicant week = ALICE.repeatable("k-1");
    Applicant day = ALICE.borrowing(OptionalInt.of(1)).repeatable("k-1");
    Applicant online = Applicant.of("acme", "lk_acme", "alice", "").repeatable("k-1");

    assertThat(List.of(week, day, online))
        .extracting(applicant -> applicant.idempotencyKey().orElseThrow().requestSha256Hex())
        .doesNotHaveDuplicates();
  }

  private Refusal why() {
    return ((BorrowResult.Refused) desk.borrow(ALICE)).why();
  }

  private void refusing(GrantOutcome outcome) {
    index.choices.add(new Choice.Away());
    ledger.grants.add(outcome);
  }

  private Seat setAside(Seat seat, Instant until) {
    Seat setAside = Seats.borrowedUntil(seat, until);
    refusing(new GrantOutcome.Granted(setAside));
    ledger.releases.put(seat.sessionId(), new ReleaseOutcome.Released("cad", 2, 6));
    return setAside;
  }

  private static SignedBorrow borrowed(BorrowResult result) {
    return ((BorrowResult.Borrowed) result).seat();
  }

  private static SeatToken verified(String token) {
    SeatVerifier verifier =
        SeatVerifier.pinnedTo(List.of(LocalRootSigner.root())).forTenant("acme");
    return ((Verdict.Valid) verifier.verifyBorrowed(token, Seats.NOW)).token();
  }
}
