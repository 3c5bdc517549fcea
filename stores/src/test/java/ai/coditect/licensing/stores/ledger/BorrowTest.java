package ai.coditect.licensing.stores.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.stores.ledger.RevokedSlots.Slot;
import ai.coditect.licensing.stores.ledger.TestLedger.TestTenant;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Seats that are borrowed for days. */
class BorrowTest {

  private static final String POOL = "cad";
  private static final Duration LEASE = Duration.ofMinutes(6);
  private static final int SEATS = 10;
  private static final BorrowTerms TERMS = new BorrowTerms(3, 14, 2);
  private static final String ALICE = "https://id.example alice";

  @RegisterExtension static final LedgerOfATest opened = new LedgerOfATest(POOL, SEATS, LEASE);

  private TestLedger database;
  private TestTenant tenant;
  private PostgresSeatLedger ledger;
  private long generation = 1;

  @BeforeEach
  void openLedger() {
    database = opened.database();
    tenant = opened.tenant();
    ledger = opened.ledger();
    offer(SEATS, Optional.of(TERMS), Validity.UNLIMITED);
  }

  @Test
  void aSeatIsSetAsideForALeaseAndHeldForDaysOnceItsTokenIsSigned() {
    var setAside = seat(ask("m1", 7));
    assertThat(setAside.borrowedUntil()).contains(setAside.grantedAt().plus(Duration.ofDays(7)));
    assertThat(lease(setAside)).isEqualTo(LEASE);

    var borrowed = confirmed(setAside);

    assertThat(borrowed.sessionId()).isEqualTo(setAside.sessionId());
    assertThat(borrowed.slotGeneration()).isEqualTo(setAside.slotGeneration());
    assertThat(Optional.of(borrowed.leaseUntil())).isEqualTo(setAside.borrowedUntil());
    assertThat(events()).isEqualTo("GRANTED, BORROWED " + ALICE);
  }

  @Test
  void withoutDaysItIsBorrowedForAsManyAsThePoolLendsSeatsFor() {
    var seat = seat(ledger.grant(borrowing("m1", OptionalInt.empty())));

    assertThat(seat.borrowedUntil()).contains(seat.grantedAt().plus(Duration.ofDays(14)));
  }

  @Test
  void aHolderBorrowsTheSeatItHasAndItsProgramsGoOn() {
    var held = seat(ledger.grant(tenant.request(POOL, "m1")));

    var borrowed = borrow("m1", 7);

    assertThat(borrowed.sessionId()).isEqualTo(held.sessionId());
    assertThat(borrowed.slotGeneration()).isEqualTo(held.slotGeneration());
    assertThat(ledger.renew(held.sessionId()))
        .isInstanceOfSatisfying(
            RenewOutcome.Renewed.class,
            renewed -> assertThat(renewed.seat().leaseUntil()).isEqualTo(borrowed.leaseUntil()));
    assertThat(ledger.standing(held.sessionId()))
        .isInstanceOfSatisfying(
            SessionStanding.Held.class,
            standing -> {
              assertThat(standing.seat().leaseUntil()).isEqualTo(borrowed.leaseUntil());
              assertThat(standing.seat().borrowedUntil()).contains(borrowed.leaseUntil());
            });
  }

  @Test
  void whoeverAcquiresOnTheMachineSharesTheSessionAndReleasesNothing() {
    var borrowed = borrow("m1", 7);

    var shared = seat(ledger.grant(tenant.request(POOL, "m1")));

    assertThat(shared.sessionId()).isEqualTo(borrowed.sessionId());
    assertThat(shared.slotGeneration()).isEqualTo(borrowed.slotGeneration());
    assertThat(shared.leaseUntil()).isEqualTo(borrowed.leaseUntil());
    assertThat(ledger.release(shared.sessionId()))
        .isEqualTo(new ReleaseOutcome.StillBorrowed(borrowed.leaseUntil()));
    assertThat(inUse()).isEqualTo(1);
    assertThat(ledger.revokedSlots(10).slots()).isEmpty();
  }

  @Test
  void whatIsGivenBackIsFreeAtOnceAndItsTokenIsRevokedToItsEnd() {
    var borrowed = borrow("m1", 7);

    assertThat(ledger.giveBack(borrowed.sessionId())).isInstanceOf(ReleaseOutcome.Released.class);

    assertThat(inUse()).isZero();
    assertThat(ledger.revokedSlots(10).slots())
        .containsExactly(new Slot(POOL, borrowed.slot(), borrowed.slotGeneration() + 1));
    assertThat(copiesUntil()).isEqualTo(borrowed.leaseUntil());
    assertThat(ledger.standing(borrowed.sessionId()))
        .isEqualTo(new SessionStanding.Ended(EndReason.RELEASED));
    assertThat(ledger.giveBack(borrowed.sessionId()))
        .isEqualTo(new ReleaseOutcome.AlreadyEnded(EndReason.RELEASED));
    assertThat(seat(ask("m2", 7)).slotGeneration()).isGreaterThan(borrowed.slotGeneration());
  }

  @Test
  void anAdministratorTakesABorrowedSeatAsAnyOther() {
    var borrowed = borrow("m1", 7);

    ledger.forceOut(borrowed.sessionId(), "admin");

    assertThat(inUse()).isZero();
    assertThat(ledger.revokedSlots(10).slots()).hasSize(1);
  }

  @Test
  void borrowingAgainMakesTheTimeLongerAndNeverShorter() {
    var week = borrow("m1", 7);
    var longer = borrow("m1", 14);
    var shorter = borrow("m1", 1);

    assertThat(longer.leaseUntil()).isAfter(week.leaseUntil().plus(Duration.ofDays(6)));
    assertThat(shorter.leaseUntil()).isEqualTo(longer.leaseUntil());
    assertThat(events())
        .isEqualTo("GRANTED, BORROWED %1$s, BORROWED %1$s".formatted(ALICE))
        .as("the third changed nothing");
  }

  @Test
  void aLongerTimeThatWasNeverSignedLeavesTheSeatBorrowedAsItWas() {
    var week = borrow("m1", 7);

    ask("m1", 14);

    assertThat(ledger.release(week.sessionId()))
        .isEqualTo(new ReleaseOutcome.StillBorrowed(week.leaseUntil()));
  }

  @Test
  void aSeatWhoseTokenCouldNotBeSignedIsHeldOnAndCountsNoMore() {
    offer(SEATS, Optional.of(new BorrowTerms(1, 14, 0)), Validity.UNLIMITED);
    ledger.grant(tenant.request(POOL, "m1"));
    var setAside = seat(ask("m1", 7));

    ledger.withdrawBorrow(setAside.sessionId());

    assertThat(ask("m2", 7)).isInstanceOf(GrantOutcome.Granted.class);
    assertThat(ledger.renew(setAside.sessionId())).isInstanceOf(RenewOutcome.Renewed.class);
    assertThat(confirm(setAside)).isEqualTo(new BorrowOutcome.Withdrawn());
  }

  /** As a process does that dies before the root has signed, or cannot tell that it did not. */
  @Test
  void whatNobodySignsIsLentToAnotherAfterHalfAMinuteThoughItsHolderGoesOn() {
    offer(SEATS, Optional.of(new BorrowTerms(1, 14, 0)), Validity.UNLIMITED);
    ledger.grant(tenant.request(POOL, "m1"));
    var setAside = seat(ask("m1", 7));
    assertThat(ask("m2", 7)).isEqualTo(new GrantOutcome.BorrowLimitReached());

    letPass(Duration.ofSeconds(31));

    borrow("m2", 7);
    assertThat(confirm(setAside)).as("too late").isEqualTo(new BorrowOutcome.Withdrawn());
    assertThat(ask("m1", 7)).as("as anybody").isEqualTo(new GrantOutcome.BorrowLimitReached());
    assertThat(ledger.renew(setAside.sessionId())).isInstanceOf(RenewOutcome.Renewed.class);
    assertThat(borrowed()).isEqualTo(1);
  }

  @Test
  void heartbeatsKeepNobodyElseFromBorrowing() {
    offer(SEATS, Optional.of(new BorrowTerms(1, 14, 0)), Validity.UNLIMITED);
    ledger.grant(tenant.request(POOL, "m1"));
    var setAside = seat(ask("m1", 7));

    letPass(Duration.ofSeconds(20));
    ledger.renew(setAside.sessionId());
    assertThat(ask("m2", 7)).isEqualTo(new GrantOutcome.BorrowLimitReached());
    letPass(Duration.ofSeconds(11));
    ledger.renew(setAside.sessionId());

    assertThat(confirm(setAside)).isEqualTo(new BorrowOutcome.Withdrawn());
    borrow("m2", 7);
    assertThat(ledger.renew(setAside.sessionId())).isInstanceOf(RenewOutcome.Renewed.class);
    assertThat(borrowed()).isEqualTo(1);
  }

  @Test
  void heartbeatsWhileItsTokenIsSignedChangeNothing() {
    ledger.grant(tenant.request(POOL, "m1"));
    var setAside = seat(ask("m1", 7));

    var renewed = (RenewOutcome.Renewed) ledger.renew(setAside.sessionId());

    assertThat(renewed.seat().leaseUntil()).isAfter(setAside.leaseUntil());
    assertThat(Optional.of(confirmed(setAside).leaseUntil())).isEqualTo(setAside.borrowedUntil());
  }

  @Test
  void ofWhatIsOnlySetAsideNobodyIsTold() {
    var request = tenant.named(POOL, "m1", "key", "body");
    var held = seat(ledger.grant(request));
    ask("m1", 7);

    var again = seat(ledger.grant(request));

    assertThat(again.sessionId()).isEqualTo(held.sessionId());
    assertThat(again.borrowedUntil()).isEmpty();
  }

  @Test
  void whatIsBorrowedIsNotWithdrawn() {
    var week = borrow("m1", 7);

    ledger.withdrawBorrow(seat(ask("m1", 14)).sessionId());

    assertThat(ledger.release(week.sessionId()))
        .isEqualTo(new ReleaseOutcome.StillBorrowed(week.leaseUntil()));
  }

  @Test
  void ofTwoThatAreSignedAtOnceTheLongerOneCounts() {
    var week = seat(ask("m1", 7));
    var fortnight = seat(ask("m1", 14));
    var longer = confirmed(fortnight);

    assertThat(confirmed(week).leaseUntil()).isEqualTo(longer.leaseUntil());
    assertThat(ledger.release(week.sessionId()))
        .isEqualTo(new ReleaseOutcome.StillBorrowed(longer.leaseUntil()));
  }

  @Test
  void aSeatOfAPoolThatWasOutOfServiceIsBorrowedAnew() {
    var before = borrow("m1", 7);
    database.registry().removePool(tenant.tenantId(), POOL, "uid-" + POOL, Disposal.RETAIN);
    offer(SEATS, Optional.of(TERMS), Validity.UNLIMITED);

    var anew = borrow("m1", 7);

    assertThat(anew.slot()).isEqualTo(before.slot());
    assertThat(anew.slotGeneration()).isGreaterThan(before.slotGeneration());
  }

  @Test
  void whatWasNeverSignedIsReleasedAsAnySeat() {
    var setAside = seat(ask("m1", 7));

    assertThat(ledger.release(setAside.sessionId())).isInstanceOf(ReleaseOutcome.Released.class);
    assertThat(confirm(setAside)).isEqualTo(new BorrowOutcome.Withdrawn());
  }

  @Test
  void noTermsNoSeats() {
    offer(SEATS, Optional.empty(), Validity.UNLIMITED);

    assertThat(ask("m1", 1)).isEqualTo(new GrantOutcome.BorrowNotOffered());
    assertThat(ledger.grant(tenant.request(POOL, "m1"))).isInstanceOf(GrantOutcome.Granted.class);
  }

  @Test
  void moreDaysThanThePoolLendsSeatsForAreRefused() {
    assertThat(ask("m1", 15)).isEqualTo(new GrantOutcome.BorrowTooLong(14));
    assertThat(inUse()).isZero();
  }

  @Test
  void noMoreSeatsAreLentThanThePoolSays() {
    borrow("m1", 7);
    borrow("m2", 7);
    ask("m3", 7);

    assertThat(ask("m4", 7)).isEqualTo(new GrantOutcome.BorrowLimitReached());
    assertThat(ask("m1", 14)).as("has one already").isInstanceOf(GrantOutcome.Granted.class);
    ledger.giveBack(seat(ask("m1", 14)).sessionId());
    assertThat(ask("m4", 7)).isInstanceOf(GrantOutcome.Granted.class);
  }

  @Test
  void theLowWaterMarkIsNeverLentWhateverTheNumberOfSeats() {
    offer(3, Optional.of(TERMS), Validity.UNLIMITED);
    borrow("m1", 7);

    assertThat(ask("m2", 7)).isEqualTo(new GrantOutcome.BorrowLimitReached());
    assertThat(ledger.grant(tenant.request(POOL, "m2"))).isInstanceOf(GrantOutcome.Granted.class);
    assertThat(ledger.grant(tenant.request(POOL, "m3"))).isInstanceOf(GrantOutcome.Granted.class);
    assertThat(ask("m2", 7))
        .as("nor the seat it holds")
        .isEqualTo(new GrantOutcome.BorrowLimitReached());
    offer(1, Optional.of(TERMS), Validity.UNLIMITED);
    assertThat(ask("m4", 7)).isEqualTo(new GrantOutcome.BorrowLimitReached());
  }

  @Test
  void aFullPoolLendsNothing() {
    offer(1, Optional.of(new BorrowTerms(1, 7, 0)), Validity.UNLIMITED);
    ledger.grant(tenant.request(POOL, "m1"));

    assertThat(ask("m2", 7)).isInstanceOf(GrantOutcome.PoolFull.class);
  }

  @Test
  void noSeatIsLentBeyondTheLastDayOfGrace() {
    var end = Instant.now().plus(Duration.ofDays(3)).truncatedTo(ChronoUnit.SECONDS);
    offer(
        SEATS,
        Optional.of(TERMS),
        new Validity(
            Optional.empty(), Optional.of(end.minus(Duration.ofDays(1))), Duration.ofDays(1)));

    assertThat(borrow("m1", 7).leaseUntil()).isEqualTo(end);
  }

  @Test
  void aLicenceThatWasCutBeforeTheTokenWasSignedIsNotOutlived() {
    var setAside = seat(ask("m1", 7));
    offer(
        SEATS,
        Optional.of(TERMS),
        new Validity(
            Optional.empty(), Optional.of(Instant.now().plus(Duration.ofDays(1))), Duration.ZERO));

    assertThat(confirm(setAside)).isEqualTo(new BorrowOutcome.Withdrawn());
  }

  @Test
  void aRevokedKeyBorrowsNothingAndWhoBorrowedKeepsIt() {
    var borrowed = borrow("m1", 7);
    database.registry().putLicenseKeys(tenant.tenantId(), POOL, List.of());

    assertThat(ask("m2", 7)).isEqualTo(new GrantOutcome.UnknownKey());
    assertThat(ledger.standing(borrowed.sessionId())).isInstanceOf(SessionStanding.Held.class);
  }

  @Test
  void aRetryUnderItsKeyGetsTheSameSessionAndTheSameEnd() {
    var request = keyed("m1", 7);
    var first = confirmed(seat(ledger.grant(request)), request);

    var retried = seat(ledger.grant(request));

    assertThat(retried.sessionId()).isEqualTo(first.sessionId());
    assertThat(retried.borrowedUntil()).contains(first.leaseUntil());
    assertThat(confirmed(retried, request).leaseUntil()).isEqualTo(first.leaseUntil());
    assertThat(events()).isEqualTo("GRANTED, BORROWED " + ALICE);
    assertThat(ledger.grant(keyed("m1", 8))).isEqualTo(new GrantOutcome.IdempotencyKeyReused());
  }

  @Test
  void aKeyWhoseTokenCouldNotBeSignedMayBorrowAgain() {
    var request = keyed("m1", 7);
    ledger.giveBack(seat(ledger.grant(request)).sessionId());

    assertThat(ledger.grant(request)).isInstanceOf(GrantOutcome.Granted.class);
  }

  @Test
  void aKeyWhoseSeatWasGivenBackBorrowsNothing() {
    var request = keyed("m1", 7);
    ledger.giveBack(confirmed(seat(ledger.grant(request)), request).sessionId());

    assertThat(ledger.grant(request)).isEqualTo(new GrantOutcome.IdempotentSessionEnded());
  }

  @Test
  void theListOfSessionsTellsUntilWhenASeatIsBorrowed() {
    var borrowed = borrow("m1", 7);
    ledger.grant(tenant.request(POOL, "m2"));

    assertThat(ledger.heldSeats(Optional.of(POOL), Optional.empty(), 10).seats())
        .extracting(HeldSeat::borrowedUntil)
        .containsExactly(Optional.of(borrowed.leaseUntil()), Optional.empty());
  }

  /** Through three processes' worth of ledgers, while others come, go and keep their seats. */
  @Test
  void racingBorrowersNeverGetMoreThanThePoolLends() throws Exception {
    // Room for all: who is refused is refused by the terms.
    offer(24, Optional.of(TERMS), Validity.UNLIMITED);
    var ledgers = List.of(ledger, tenant.open(), tenant.open());
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var round = 0; round < 10; round++) {
        var start = new CountDownLatch(1);
        var calls = new ArrayList<Future<Optional<Seat>>>();
        for (var client = 0; client < 24; client++) {
          var machine = "m%d-%d".formatted(round, client);
          var own = ledgers.get(client % ledgers.size());
          var isOnline = client % 3 == 0;
          calls.add(
              threads.submit(
                  () -> {
                    start.await();
                    return isOnline ? comeAndGo(own, machine) : tryToBorrow(own, machine);
                  }));
        }
        start.countDown();
        var borrowed = new ArrayList<Seat>();
        for (var call : calls) {
          call.get().ifPresent(borrowed::add);
        }
        assertThat(borrowed).as("round %d", round).hasSize(TERMS.maxSeats());
        assertThat(lent()).as("round %d", round).isEqualTo(TERMS.maxSeats());
        borrowed.forEach(seat -> ledger.giveBack(seat.sessionId()));
      }
    } finally {
      ledgers.subList(1, 3).forEach(PostgresSeatLedger::close);
    }
  }

  private Optional<Seat> tryToBorrow(PostgresSeatLedger own, String machine) {
    return switch (own.grant(borrowing(machine, OptionalInt.of(7)))) {
      case GrantOutcome.Granted(Seat seat) -> Optional.of(confirmed(seat));
      case GrantOutcome.BorrowLimitReached() -> Optional.empty();
      case GrantOutcome other -> throw new AssertionError(other);
    };
  }

  private Optional<Seat> comeAndGo(PostgresSeatLedger own, String machine) {
    if (own.grant(tenant.request(POOL, machine)) instanceof GrantOutcome.Granted(Seat seat)) {
      own.renew(seat.sessionId());
      own.release(seat.sessionId());
    }
    return Optional.empty();
  }

  private void offer(int seats, Optional<BorrowTerms> terms, Validity validity) {
    var record = tenant.lending(POOL, ++generation, seats, LEASE, validity, terms);
    assertThat(database.registry().putPool(record)).isEqualTo(PutOutcome.WRITTEN);
  }

  private GrantOutcome ask(String machine, int days) {
    return ledger.grant(borrowing(machine, OptionalInt.of(days)));
  }

  private Seat borrow(String machine, int days) {
    return confirmed(seat(ask(machine, days)));
  }

  private GrantRequest borrowing(String machine, OptionalInt days) {
    return tenant.borrowing(POOL, machine, days);
  }

  private GrantRequest keyed(String machine, int days) {
    var key = new IdempotencyKey(TestLedger.sha256("key"), TestLedger.sha256(machine + " " + days));
    return tenant.borrowing(POOL, machine, OptionalInt.of(days), Optional.of(key));
  }

  private BorrowOutcome confirm(Seat seat) {
    return ledger.confirmBorrow(
        new BorrowConfirmation(
            seat.sessionId(), seat.borrowedUntil().orElseThrow(), Optional.empty(), ALICE));
  }

  private Seat confirmed(Seat seat) {
    return ((BorrowOutcome.Borrowed) confirm(seat)).seat();
  }

  private Seat confirmed(Seat seat, GrantRequest request) {
    var outcome =
        ledger.confirmBorrow(
            new BorrowConfirmation(
                seat.sessionId(),
                seat.borrowedUntil().orElseThrow(),
                request.idempotencyKey(),
                ALICE));
    return ((BorrowOutcome.Borrowed) outcome).seat();
  }

  private static Seat seat(GrantOutcome outcome) {
    return ((GrantOutcome.Granted) outcome).seat();
  }

  private static Duration lease(Seat seat) {
    return Duration.between(seat.grantedAt(), seat.leaseUntil());
  }

  private int inUse() {
    return database.registry().usage(tenant.tenantId(), POOL).orElseThrow().inUse();
  }

  /** Makes everything seem to have happened so much earlier, but for the ends of leases. */
  private void letPass(Duration time) {
    database.asSuperuser(
        "UPDATE licensing.slots SET last_heartbeat = last_heartbeat - interval '%s s' WHERE tenant_id = '%s'"
            .formatted(time.toSeconds(), tenant.tenantId()));
  }

  private long borrowed() {
    return ledger.heldSeats(Optional.of(POOL), Optional.empty(), 100).seats().stream()
        .filter(seat -> seat.borrowedUntil().isPresent())
        .count();
  }

  private long lent() {
    return database.count(
        "SELECT count(*) FROM licensing.slots WHERE tenant_id = '%s' AND borrowed_until > now()"
            .formatted(tenant.tenantId()));
  }

  private Instant copiesUntil() {
    return database.query(
        "SELECT max(copies_until) AS until FROM licensing.slots WHERE tenant_id = '%s'"
            .formatted(tenant.tenantId()),
        row -> Query.instant(row, "until"));
  }

  private String events() {
    return database.query(
        """
        SELECT string_agg(trim(event || ' ' || principal), ', ' ORDER BY event_id)
        FROM licensing.audit WHERE tenant_id = '%s'
        """
            .formatted(tenant.tenantId()),
        row -> row.getString(1));
  }
}
