package ai.coditect.licensing.stores.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.coditect.licensing.stores.ledger.RevokedSlots.Slot;
import ai.coditect.licensing.stores.ledger.TestLedger.TestTenant;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Of which slots tokens may verify though their session has ended. */
class RevokedSlotsTest {

  private static final String POOL = "cad";
  private static final Duration LEASE = Duration.ofMinutes(6);
  private static final int ENOUGH = 100;

  private TestLedger database;
  private TestTenant tenant;
  private PostgresSeatLedger ledger;

  @BeforeEach
  void open() {
    database = TestLedger.migrated();
    tenant = database.tenant("revoked").withPool(POOL, 5, LEASE);
    ledger = tenant.open();
  }

  @AfterEach
  void close() {
    ledger.close();
    database.close();
  }

  @Test
  void aSeatThatIsHeldIsNotAmongThem() {
    var seat = granted("m1", 1);
    ledger.renew(seat.sessionId());

    assertThat(revoked()).isEmpty();
  }

  @Test
  void aSeatThatWasReleasedIsWithAGenerationThatNoTokenOfItHas() {
    var seat = granted("m1", 1);
    ledger.release(seat.sessionId());

    assertThat(revoked()).containsExactly(new Slot(POOL, 1, seat.slotGeneration() + 1));
  }

  @Test
  void aSeatThatWasSupersededIsWithTheGenerationOfTheNewSession() {
    granted("m1", 1);
    var anew = granted("m1", 1);

    assertThat(revoked()).containsExactly(new Slot(POOL, 1, anew.slotGeneration()));
  }

  @Test
  void aSeatThatWasTakenAgainStaysForTheSakeOfWhoHadItBefore() {
    ledger.release(granted("m1", 1).sessionId());
    var next = granted("m2", 1);
    ledger.renew(next.sessionId());

    assertThat(revoked()).containsExactly(new Slot(POOL, 1, next.slotGeneration()));
  }

  @Test
  void manyEndsOfOneSeatAreOneSlot() {
    for (var i = 0; i < 10; i++) {
      ledger.release(granted("m" + i, 1).sessionId());
    }

    assertThat(revoked()).hasSize(1);
  }

  @Test
  void theSeatsOfAPoolThatWasRetiredAre() {
    var seat = granted("m1", 2);
    granted("m2", 1);
    endLease(1);
    database.registry().removePool(tenant.tenantId(), POOL, "uid-" + POOL, Disposal.RETAIN);

    assertThat(revoked()).containsExactly(new Slot(POOL, 2, seat.slotGeneration() + 1));
  }

  @Test
  void aRetiredSeatStaysTakenUntilItsLeaseEnds() {
    granted("m1", 2);
    database.registry().removePool(tenant.tenantId(), POOL, "uid-" + POOL, Disposal.RETAIN);

    assertThat(
            database.count(
                "SELECT count(*) FROM licensing.slots WHERE lease_until > clock_timestamp()"))
        .isEqualTo(1);
    assertThat(database.count("SELECT slot_generation FROM licensing.sessions"))
        .as("with which the session held it")
        .isEqualTo(1);
  }

  @Test
  void aSeatWhoseLeaseEndedIsNot() {
    var seat = granted("m1", 1);
    endLease(1);
    ledger.release(seat.sessionId());
    granted("m2", 2);
    endLease(2);
    granted("m3", 2);

    assertThat(revoked()).isEmpty();
  }

  @Test
  void aSeatIsNotAnyMoreOnceItsTokensHaveEnded() {
    ledger.release(granted("m1", 1).sessionId());
    database.asSuperuser("UPDATE licensing.slots SET copies_until = clock_timestamp()");

    assertThat(revoked()).isEmpty();
  }

  @Test
  void aSeatIsForAsLongAsTheLongerLeaseThatThePoolHadBefore() {
    ledger.release(granted("m1", 1).sessionId());
    var until = copiesUntil(1);
    database.registry().putPool(tenant.record(POOL, 2, 5, Duration.ofSeconds(10)));
    ledger.release(granted("m2", 1).sessionId());

    assertThat(copiesUntil(1)).isEqualTo(until);
  }

  @Test
  void aReleasedSeatBeyondALoweredLimitIsTrimmedOnlyWhenItsTokensHaveEnded() {
    ledger.release(granted("m1", 5).sessionId());
    database.registry().putPool(tenant.record(POOL, 2, 2, LEASE));
    assertThat(revoked()).extracting(Slot::slot).containsExactly(5);

    database.asSuperuser("UPDATE licensing.slots SET copies_until = clock_timestamp()");
    database.registry().putPool(tenant.record(POOL, 2, 2, LEASE));
    assertThat(database.count("SELECT max(slot_no) FROM licensing.slots")).isEqualTo(2);
  }

  @Test
  void whereThereAreTooManyThoseWhoseTokensLastLongestAreToldOf() {
    for (var slot = 1; slot <= 3; slot++) {
      ledger.release(granted("m" + slot, slot).sessionId());
    }

    var some = ledger.revokedSlots(2);

    assertThat(some.complete()).isFalse();
    assertThat(some.slots()).extracting(Slot::slot).containsExactly(3, 2);
    assertThat(ledger.revokedSlots(3).complete()).isTrue();
  }

  @Test
  void theInstantIsTheLedgersAndRises() {
    var first = ledger.revokedSlots(ENOUGH).at();
    var clock =
        database.query("SELECT clock_timestamp()", row -> Query.instant(row, "clock_timestamp"));
    var second = ledger.revokedSlots(ENOUGH).at();

    assertThat(first).isBefore(clock);
    assertThat(second).isAfter(clock);
  }

  @Test
  void anotherTenantsSeatsAreNotAmongThem() {
    var other = database.tenant("other").withPool(POOL, 5, LEASE);
    try (var otherLedger = other.open()) {
      var granted = (GrantOutcome.Granted) otherLedger.grant(other.request(POOL, "m1"));
      otherLedger.release(granted.seat().sessionId());
      assertThat(otherLedger.revokedSlots(ENOUGH).slots()).hasSize(1);
    }

    assertThat(revoked()).isEmpty();
  }

  @Test
  void aLargePoolIsNotReadForThem() {
    database.registry().putPool(tenant.record("large", 1, 20_000, LEASE));
    ledger.release(granted("m1", 1).sessionId());
    database.asSuperuser("SELECT pg_stat_reset()");

    assertThat(revoked()).hasSize(1);
    ledger.close();
    await().until(() -> lookups(database) > 0);
    assertThat(rowsRead(database)).isLessThan(10);
  }

  private static long lookups(TestLedger database) {
    return database.count(
        "SELECT idx_scan FROM pg_stat_user_indexes WHERE indexrelname = 'slots_with_copies'");
  }

  private static long rowsRead(TestLedger database) {
    return database.count(
        """
        SELECT sum(idx_tup_read) + (
          SELECT seq_tup_read FROM pg_stat_user_tables WHERE relname = 'slots')
        FROM pg_stat_user_indexes WHERE relname = 'slots'
        """);
  }

  private List<Slot> revoked() {
    var revoked = ledger.revokedSlots(ENOUGH);
    assertThat(revoked.complete()).isTrue();
    return revoked.slots();
  }

  private Seat granted(String machine, int slot) {
    return ((GrantOutcome.Granted) ledger.grant(tenant.request(POOL, machine, slot))).seat();
  }

  private void endLease(int slot) {
    database.asSuperuser(
        "UPDATE licensing.slots SET lease_until = clock_timestamp() WHERE slot_no = " + slot);
  }

  private Instant copiesUntil(int slot) {
    return database.query(
        "SELECT copies_until FROM licensing.slots WHERE slot_no = " + slot,
        row -> Query.instant(row, "copies_until"));
  }
}
