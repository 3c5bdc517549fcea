package ai.coditect.licensing.api.seats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import ai.coditect.licensing.api.fakes.LocalRootSigner;
import ai.coditect.licensing.api.fakes.ScriptedIndex;
import ai.coditect.licensing.api.fakes.ScriptedLedger;
import ai.coditect.licensing.api.fakes.Seats;
import ai.coditect.licensing.api.fakes.SetClock;
import ai.coditect.licensing.api.signing.LeafKeeper;
import ai.coditect.licensing.api.signing.SeatSigner;
import ai.coditect.licensing.api.signing.SignedSeat;
import ai.coditect.licensing.api.signing.SigningUnavailableException;
import ai.coditect.licensing.api.signing.TestLeaves;
import ai.coditect.licensing.stores.ledger.EndReason;
import ai.coditect.licensing.stores.ledger.GrantOutcome;
import ai.coditect.licensing.stores.ledger.LedgerUnavailableException;
import ai.coditect.licensing.stores.ledger.ReleaseOutcome;
import ai.coditect.licensing.stores.ledger.RenewOutcome;
import ai.coditect.licensing.stores.ledger.Seat;
import ai.coditect.licensing.stores.seats.SeatIndex.Choice;
import ai.coditect.licensing.stores.seats.SeatIndex.HeldSlot;
import ai.coditect.licensing.stores.seats.SeatIndex.PoolRef;
import ai.coditect.licensing.tokens.SeatToken;
import ai.coditect.licensing.tokens.SeatVerifier;
import ai.coditect.licensing.tokens.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SeatDeskTest {

  private static final Applicant ALICE = Applicant.of("acme", "key", "alice", "");
  private static final PoolRef CAD = new PoolRef("acme", "cad");

  private final SetClock clock = new SetClock(Seats.NOW);
  private final ScriptedLedger ledger = new ScriptedLedger();
  private final ScriptedIndex index = new ScriptedIndex();
  private final LeafKeeper leaves = TestLeaves.certified("acme", ledger, clock);
  private final AtomicInteger written = new AtomicInteger();
  private final SeatDesk desk =
      new SeatDesk(
          "acme",
          ledger,
          index,
          new LicenseKeys(ledger, Runnable::run, clock),
          new SeatTaker(
              "acme",
              ledger,
              index,
              new IndexLoader(ledger, index, Runnable::run, clock),
              new FullPools(clock),
              clock),
          new SeatSigner("acme", leaves, clock),
          written::incrementAndGet);

  @Test
  void aGrantedSeatIsProvedAndTheIndexToldOfIt() {
    Seat seat = aliceIsGranted(Seats.seat(ALICE.holder()));

    SignedSeat signed = acquired();

    assertThat(verified(signed))
        .returns(seat.sessionId().toString(), SeatToken::subject)
        .returns("urn:coditect:tenant:acme", SeatToken::issuer)
        .returns("cad-suite", SeatToken::audience)
        .returns("cad", SeatToken::pool)
        .returns(2, SeatToken::slot)
        .returns(5L, SeatToken::generation)
        .returns(List.of("export"), SeatToken::entitlements)
        .returns(seat.hardwareHash(), SeatToken::hardwareHash);
    assertThat(index.held).containsExactly(new HeldSlot(2, 5, ALICE.holder(), Seats.LEASE));
  }

  @Test
  void aTokenEndsTwoSecondsBeforeTheLeaseCutToASecond() {
    aliceIsGranted(Seats.seat(ALICE.holder()));

    SignedSeat signed = acquired();

    assertThat(verified(signed).expiresAt()).isEqualTo(Instant.parse("2026-11-20T12:05:58Z"));
    assertThat(signed.expiresInSeconds()).isEqualTo(357);
    assertThat(signed.heartbeatAfterSeconds()).isEqualTo(120);
  }

  @Test
  void aTokenNeverEndsAfterItsStatement() {
    Duration day = Duration.ofDays(1);
    aliceIsGranted(Seats.seat(ALICE.holder(), Seats.NOW, day));

    SignedSeat signed = acquired();

    assertThat(signed.expiresAt()).isBefore(Seats.NOW.plus(TestLeaves.LIFETIME));
    assertThat(verified(signed).expiresAt()).isEqualTo(signed.expiresAt());
    assertThat(signed.heartbeatAfterSeconds()).isLessThanOrEqualTo(signed.expiresInSeconds() / 2);
  }

  @Test
  void anUnknownKeyIsRefused() {
    assertThat(desk.acquire(ALICE)).isEqualTo(refused(new Refusal.UnknownKey()));
  }

  @Test
  void aSuspendedTenantIsRefusedWithoutAGrant() {
    ledger.poolsByKey.put(ALICE.licenseKeySha256Hex(), Seats.pool(true));

    assertThat(desk.acquire(ALICE)).isEqualTo(refusedByCad(new Refusal.Suspended()));
    assertThat(ledger.requests).isEmpty();
  }

  @Test
  void aKeyRevokedInTheGrantIsNotRememberedAsKnown() {
    ledger.poolsByKey.put(ALICE.licenseKeySha256Hex(), Seats.pool(false));
    index.choices.add(new Choice.Free(1));
    ledger.grants.add(new GrantOutcome.UnknownKey());
    assertThat(desk.acquire(ALICE)).isEqualTo(refusedByCad(new Refusal.UnknownKey()));
    ledger.poolsByKey.clear();

    assertThat(desk.acquire(ALICE)).isEqualTo(refused(new Refusal.UnknownKey()));
    assertThat(ledger.requests).hasSize(1);
  }

  @Test
  void aFullPoolIsSaidWithTheTimeItsFirstLeaseEnds() {
    ledger.poolsByKey.put(ALICE.licenseKeySha256Hex(), Seats.pool(false));
    index.choices.add(new Choice.Full(OptionalInt.empty()));
    ledger.grants.add(new GrantOutcome.PoolFull(Duration.ofSeconds(42)));

    assertThat(desk.acquire(ALICE))
        .isEqualTo(refusedByCad(new Refusal.PoolExhausted(Duration.ofSeconds(42))));
  }

  @ParameterizedTest
  @MethodSource("refusingOutcomes")
  void whatTheLedgerRefusesIsSaidWithThePool(GrantOutcome outcome, Refusal refusal) {
    ledger.poolsByKey.put(ALICE.licenseKeySha256Hex(), Seats.pool(false));
    index.choices.add(new Choice.Away());
    ledger.grants.add(outcome);

    assertThat(desk.acquire(ALICE)).isEqualTo(refusedByCad(refusal));
  }

  static Stream<Arguments> refusingOutcomes() {
    Duration day = Duration.ofDays(1);
    return Stream.of(
        arguments(new GrantOutcome.LicenseExpired(), new Refusal.LicenseExpired()),
        arguments(new GrantOutcome.LicenseNotYetValid(day), new Refusal.LicenseNotYetValid(day)),
        arguments(new GrantOutcome.TenantSuspended(), new Refusal.Suspended()),
        arguments(new GrantOutcome.IdempotencyKeyReused(), new Refusal.IdempotencyKeyReused()),
        arguments(new GrantOutcome.IdempotentSessionEnded(), new Refusal.IdempotentSessionEnded()));
  }

  @Test
  void theLedgerIsToldTheIdempotencyKeyAsHashes() {
    Applicant again = ALICE.calledBy("somebody").repeatable("retry-1");
    aliceIsGranted(Seats.seat(ALICE.holder()));

    desk.acquire(again);

    assertThat(ledger.requests.getFirst().idempotencyKey()).isEqualTo(again.idempotencyKey());
    assertThat(again.idempotencyKey().toString()).doesNotContain("retry-1");
  }

  @Test
  void aRetryIsSignedAnewForTheRestOfItsLease() {
    Instant now = Seats.NOW;
    Seat seat = Seats.seat(ALICE.holder(), now.minusSeconds(300), Seats.LEASE);
    aliceIsGranted(Seats.askedAt(seat, now));

    SignedSeat signed = acquired();

    assertThat(signed.expiresAt()).isEqualTo(Instant.parse("2026-11-20T12:00:58Z"));
    assertThat(signed.expiresInSeconds()).isEqualTo(57);
    assertThat(signed.heartbeatAfterSeconds()).isEqualTo(28);
  }

  @Test
  void aRetryWhoseSeatEndsBeforeAnyTokenCouldIsNoSeat() {
    Instant now = Seats.NOW;
    Seat seat = Seats.seat(ALICE.holder(), now.minusSeconds(358), Seats.LEASE);
    aliceIsGranted(Seats.askedAt(seat, now));

    assertThat(desk.acquire(ALICE.repeatable("k")))
        .isEqualTo(refusedByCad(new Refusal.IdempotentSessionEnded()));
  }

  @Test
  void aSeatWhoseLicenceEndsBeforeAnyTokenCouldIsNoSeat() {
    Seat seat = aliceIsGranted(Seats.seat(ALICE.holder(), Seats.NOW, Duration.ofSeconds(2)));
    ledger.renewals.put(seat.sessionId(), new RenewOutcome.Renewed(seat));

    assertThat(desk.acquire(ALICE)).isEqualTo(refusedByCad(new Refusal.LicenseExpired()));
    assertThat(desk.heartbeat(seat.sessionId())).isEqualTo(new HeartbeatResult.LicenseExpired());
  }

  @Test
  void aLicenceThatEndsWithinSecondsHasEndedForAFirstRequestWithAnIdempotencyKeyToo() {
    Seat seat = aliceIsGranted(Seats.seat(ALICE.holder(), Seats.NOW, Duration.ofSeconds(2)));
    Applicant repeatable = ALICE.repeatable("k");

    assertThat(desk.acquire(repeatable)).isEqualTo(refusedByCad(new Refusal.LicenseExpired()));

    aliceIsGranted(Seats.askedAt(seat, Seats.NOW.plusSeconds(1)));
    assertThat(desk.acquire(repeatable))
        .as("the same asked again")
        .isEqualTo(refusedByCad(new Refusal.LicenseExpired()));
  }

  @Test
  void withoutACertifiedLeafNothingIsTaken() {
    ledger.poolsByKey.put(ALICE.licenseKeySha256Hex(), Seats.pool(false));
    clock.move(TestLeaves.LIFETIME);

    assertThatThrownBy(() -> desk.acquire(ALICE)).isInstanceOf(SigningUnavailableException.class);
    assertThat(ledger.requests).isEmpty();
  }

  @Test
  void closeToTheEndOfItsLeafNothingIsTakenOrRenewed() {
    Seat seat = Seats.seat(ALICE.holder());
    ledger.renewals.put(seat.sessionId(), new RenewOutcome.Renewed(seat));
    ledger.poolsByKey.put(ALICE.licenseKeySha256Hex(), Seats.pool(false));
    clock.move(Duration.between(clock.instant(), leafEnd()).minusSeconds(5));

    assertThatThrownBy(() -> desk.acquire(ALICE)).isInstanceOf(SigningUnavailableException.class);
    assertThatThrownBy(() -> desk.heartbeat(seat.sessionId()))
        .isInstanceOf(SigningUnavailableException.class);
    assertThat(ledger.requests).isEmpty();
    assertThat(leaves.problem()).isPresent();
  }

  @Test
  void aSeatThatWasWrittenIsProvedUpToTheEndOfItsLeaf() {
    clock.move(Duration.between(clock.instant(), leafEnd()).minusSeconds(12));
    aliceIsGranted(Seats.seat(ALICE.holder(), leafEnd().minusSeconds(2), Seats.LEASE));

    assertThat(acquired().expiresAt()).isEqualTo(leafEnd());
  }

  @Test
  void eachSeatThatWasWrittenIsTold() {
    Seat seat = aliceIsGranted(Seats.seat(ALICE.holder()));
    acquired();
    assertThat(written).hasValue(1);
    ledger.renewals.put(seat.sessionId(), new RenewOutcome.Renewed(seat));
    desk.heartbeat(seat.sessionId());
    assertThat(written).hasValue(2);
    ledger.releases.put(seat.sessionId(), new ReleaseOutcome.Released("cad", 2, 6));
    desk.release(seat.sessionId());
    assertThat(written).hasValue(3);
  }

  @Test
  void whatChangedNothingWasNotWritten() {
    desk.acquire(ALICE);
    desk.heartbeat(UUID.randomUUID());
    desk.release(UUID.randomUUID());

    assertThat(written).hasValue(0);
  }

  @Test
  void aHeartbeatBringsAFreshTokenAndTheIndexIsTold() {
    Seat seat = Seats.seat(ALICE.holder());
    ledger.renewals.put(seat.sessionId(), new RenewOutcome.Renewed(seat));

    HeartbeatResult result = desk.heartbeat(seat.sessionId());

    assertThat(verified(((HeartbeatResult.Kept) result).seat()).subject())
        .isEqualTo(seat.sessionId().toString());
    assertThat(index.held).hasSize(1);
  }

  @Test
  void aHeartbeatOfASessionThatHoldsNothingSaysWhy() {
    assertThat(heartbeat(new RenewOutcome.Superseded()))
        .isEqualTo(new HeartbeatResult.Superseded());
    assertThat(heartbeat(new RenewOutcome.Ended(EndReason.LEASE_ENDED)))
        .isEqualTo(new HeartbeatResult.Ended(EndReason.LEASE_ENDED));
    assertThat(heartbeat(new RenewOutcome.UnknownSession()))
        .isEqualTo(new HeartbeatResult.UnknownSession());
    assertThat(heartbeat(new RenewOutcome.TenantSuspended()))
        .isEqualTo(new HeartbeatResult.Suspended());
    assertThat(heartbeat(new RenewOutcome.KeyRevoked()))
        .isEqualTo(new HeartbeatResult.KeyRevoked());
  }

  @Test
  void manyHeartbeatsAreAnsweredInTheirOrderAndEachOfTwoAlike() {
    Seat kept = Seats.seat(ALICE.holder());
    UUID ended = UUID.randomUUID();
    ledger.renewals.put(kept.sessionId(), new RenewOutcome.Renewed(kept));
    ledger.renewals.put(ended, new RenewOutcome.Ended(EndReason.RELEASED));

    List<HeartbeatResult> results =
        desk.heartbeats(List.of(ended, kept.sessionId(), UUID.randomUUID(), kept.sessionId()))
            .toList();

    assertThat(results)
        .extracting(Object::getClass)
        .containsExactly(
            HeartbeatResult.Ended.class,
            HeartbeatResult.Kept.class,
            HeartbeatResult.UnknownSession.class,
            HeartbeatResult.Kept.class);
    assertThat(ledger.manyRenewals).containsExactly(3);
  }

  @Test
  void aHeartbeatOfManyThatFailsFailsNoOther() {
    Seat kept = Seats.seat(ALICE.holder());
    Seat late = Seats.seat("bob", leafEnd(), Seats.LEASE);
    UUID away = UUID.randomUUID();
    ledger.renewals.put(kept.sessionId(), new RenewOutcome.Renewed(kept));
    ledger.renewals.put(late.sessionId(), new RenewOutcome.Renewed(late));
    ledger.renewals.put(away, new RenewOutcome.Unavailable());

    List<HeartbeatResult> results =
        desk.heartbeats(List.of(away, late.sessionId(), kept.sessionId())).toList();

    assertThat(results)
        .startsWith(
            new HeartbeatResult.LedgerUnavailable(), new HeartbeatResult.SigningUnavailable())
        .last()
        .isInstanceOf(HeartbeatResult.Kept.class);
  }

  @Test
  void aLedgerThatIsAwayForAllOfManyIsAway() {
    ledger.away = true;

    assertThatThrownBy(() -> desk.heartbeats(List.of(UUID.randomUUID(), UUID.randomUUID())))
        .isInstanceOf(LedgerUnavailableException.class);
  }

  @Test
  void manyAreRenewedInStepsEachWhenTheAnswersBeforeWereConsumed() {
    List<UUID> sessions = Stream.generate(UUID::randomUUID).limit(300).toList();

    Iterator<HeartbeatResult> results = desk.heartbeats(sessions).iterator();
    assertThat(ledger.manyRenewals).containsExactly(125);
    results.forEachRemaining(result -> {});

    assertThat(ledger.manyRenewals).containsExactly(125, 125, 50);
  }

  @Test
  void oneOfManyThatFailsInAnUnforeseenWayFailsNoOther() {
    Seat senseless =
        new Seat(
            null,
            null,
            null,
            null,
            0,
            0,
            null,
            null,
            null,
            null,
            Optional.empty(),
            Optional.empty(),
            null);
    Seat kept = Seats.seat(ALICE.holder());
    UUID odd = UUID.randomUUID();
    ledger.renewals.put(odd, new RenewOutcome.Renewed(senseless));
    ledger.renewals.put(kept.sessionId(), new RenewOutcome.Renewed(kept));

    List<HeartbeatResult> results = desk.heartbeats(List.of(odd, kept.sessionId())).toList();

    assertThat(results).first().isEqualTo(new HeartbeatResult.Failed());
    assertThat(results).last().isInstanceOf(HeartbeatResult.Kept.class);
  }

  @Test
  void whereTheLedgerGoesAwayMeanwhileTheRestIsToldSoWithoutAskingOn() {
    List<UUID> sessions = Stream.generate(UUID::randomUUID).limit(1_000).toList();
    Stream<HeartbeatResult> results = desk.heartbeats(sessions);
    ledger.away = true;

    assertThat(results.toList())
        .startsWith(
            Collections.nCopies(125, new HeartbeatResult.UnknownSession())
                .toArray(HeartbeatResult[]::new))
        .endsWith(
            Collections.nCopies(875, new HeartbeatResult.LedgerUnavailable())
                .toArray(HeartbeatResult[]::new));
    assertThat(ledger.manyRenewals).hasSize(2);
  }

  @Test
  void aStepThatFailsInAnUnforeseenWayDoesNotBreakOffTheAnswer() {
    List<UUID> sessions = Stream.generate(UUID::randomUUID).limit(200).toList();
    Stream<HeartbeatResult> results = desk.heartbeats(sessions);
    ledger.beforeManyRenewals =
        () -> {
          throw new IllegalStateException("told to fail");
        };

    assertThat(results.toList()).hasSize(200).endsWith(new HeartbeatResult.LedgerUnavailable());
  }

  @Test
  void aReleaseTellsTheIndexWhichGenerationEnded() {
    UUID session = UUID.randomUUID();
    ledger.releases.put(session, new ReleaseOutcome.Released("cad", 2, 6));

    assertThat(desk.release(session)).isEqualTo(ReleaseResult.RELEASED);
    assertThat(index.freed).containsExactly(new ScriptedIndex.Freed(CAD, 2, 6));
  }

  @Test
  void releasingAnEndedSessionIsAnsweredAlikeAndFreesNothing() {
    UUID session = UUID.randomUUID();
    ledger.releases.put(session, new ReleaseOutcome.AlreadyEnded(EndReason.SUPERSEDED));

    assertThat(desk.release(session)).isEqualTo(ReleaseResult.RELEASED);
    assertThat(index.freed).isEmpty();
  }

  @Test
  void releasingNeedsNoSigningKey() {
    clock.move(TestLeaves.LIFETIME);

    assertThat(desk.release(UUID.randomUUID())).isEqualTo(ReleaseResult.UNKNOWN_SESSION);
  }

  private Seat aliceIsGranted(Seat seat) {
    ledger.poolsByKey.put(ALICE.licenseKeySha256Hex(), Seats.pool(false));
    index.choices.add(new Choice.Free(2));
    ledger.grants.add(new GrantOutcome.Granted(seat));
    return seat;
  }

  private SignedSeat acquired() {
    return ((AcquireResult.Acquired) desk.acquire(ALICE)).seat();
  }

  private HeartbeatResult heartbeat(RenewOutcome outcome) {
    UUID session = UUID.randomUUID();
    ledger.renewals.put(session, outcome);
    return desk.heartbeat(session);
  }

  private static AcquireResult refused(Refusal why) {
    return new AcquireResult.Refused(Optional.empty(), why);
  }

  private static AcquireResult refusedByCad(Refusal why) {
    return new AcquireResult.Refused(Optional.of("cad"), why);
  }

  private Instant leafEnd() {
    return ledger.published.getFirst().notAfter();
  }

  private SeatToken verified(SignedSeat signed) {
    Verdict verdict =
        SeatVerifier.pinnedTo(List.of(LocalRootSigner.root()))
            .verify(signed.token(), signed.statement(), clock.instant());
    assertThat(verdict).isInstanceOf(Verdict.Valid.class);
    return ((Verdict.Valid) verdict).token();
  }
}
