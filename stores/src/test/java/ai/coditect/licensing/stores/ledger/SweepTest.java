package ai.coditect.licensing.stores.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.servers.PostgresServer;
import ai.coditect.licensing.stores.ledger.Sweep.FreedSlot;
import ai.coditect.licensing.stores.ledger.TestLedger.TestTenant;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What crashed clients left is tidied up, though nobody needs that for a seat. */
class SweepTest {

  private static final Duration LEASE = Duration.ofMinutes(6);
  private TestLedger database;
  private TestTenant tenant;
  private PostgresSeatLedger ledger;

  @BeforeEach
  void open() {
    database = TestLedger.migrated();
    tenant = database.tenant("sweep").withPool("cad", 5, LEASE);
    ledger = tenant.open();
  }

  @AfterEach
  void close() {
    ledger.close();
    database.close();
  }

  @Test
  void whatNobodyHoldsAnyMoreIsFreedAndItsHistoryIsClosed() {
    var crashed = grant("m1", 1);
    var alive = grant("m2", 2);
    endLeases("slot_no = 1");
    assertThat(ledger.sweep(Optional.empty()))
        .isEqualTo(
            new Sweep(
                List.of(new FreedSlot("cad", 1, crashed.slotGeneration() + 1)), Optional.empty()));
    assertThat(count("slots WHERE session_id IS NULL AND slot_no = 1 AND holder IS NULL"))
        .isEqualTo(1);
    assertThat(count("sessions WHERE end_reason = 'LEASE_ENDED' AND ended_at < clock_timestamp()"))
        .isEqualTo(1);
    assertThat(count("audit WHERE event = 'LEASE_ENDED' AND happened_at < clock_timestamp()"))
        .isEqualTo(1);
    assertThat(ledger.renew(alive.sessionId())).isInstanceOf(RenewOutcome.Renewed.class);
    assertThat(ledger.renew(crashed.sessionId()))
        .isEqualTo(new RenewOutcome.Ended(EndReason.LEASE_ENDED));
  }

  @Test
  void aSessionIsOverWhenItsLeaseWasAndNotWhenThatWasNoticed() {
    grant("m1", 1);
    endLeases("slot_no = 1");
    ledger.sweep(Optional.empty());
    assertThat(
            count(
                "sessions n JOIN licensing.audit a USING (session_id) WHERE a.event = 'LEASE_ENDED' AND a.happened_at = n.ended_at"))
        .isEqualTo(1);
  }

  @Test
  void whatIsFreeOrHeldIsLeftAlone() {
    grant("m1", 1);
    var before = generations();
    assertThat(ledger.sweep(Optional.empty())).isEqualTo(new Sweep(List.of(), Optional.empty()));
    assertThat(generations()).isEqualTo(before);
  }

  @Test
  void aSlotThatSomebodyIsAtIsLeftForTheNextWalk() throws SQLException {
    grant("m1", 1);
    grant("m2", 2);
    endLeases("slot_no IN (1, 2)");
    try (var locker = PostgresServer.shared().connect(databaseName())) {
      locker.setAutoCommit(false);
      locker.createStatement().execute("SELECT FROM licensing.slots WHERE slot_no = 1 FOR UPDATE");
      assertThat(freed(ledger.sweep(Optional.empty()))).containsExactly(2);
      locker.rollback();
    }
    assertThat(freed(ledger.sweep(Optional.empty()))).containsExactly(1);
  }

  @Test
  void oneProcessSweepsATenantAtATime() throws SQLException {
    grant("m1", 1);
    endLeases("slot_no = 1");
    try (var another = PostgresServer.shared().connect(databaseName())) {
      another.setAutoCommit(false);
      another
          .createStatement()
          .execute(
              "SELECT pg_advisory_xact_lock(hashtextextended('sweep of %s', 0))"
                  .formatted(tenant.tenantId()));
      assertThat(ledger.sweep(Optional.empty())).isEqualTo(new Sweep(List.of(), Optional.empty()));
      another.rollback();
    }
    assertThat(freed(ledger.sweep(Optional.empty()))).containsExactly(1);
  }

  @Test
  void aWalkPassesThroughEveryPool() {
    tenant.withPool("aaa", 3, LEASE).withPool("zzz", 3, LEASE);
    for (var pool : List.of("aaa", "cad", "zzz")) {
      ledger.grant(tenant.request(pool, "m1", 2));
    }
    endLeases("slot_no = 2");
    var steps = walk();
    assertThat(steps).hasSize(1);
    assertThat(steps.getFirst().freed()).hasSize(3);
  }

  @Test
  void manyThatEndAtOnceAreClosedInStepsOfBoundedCost() {
    closesInBoundedSteps(5_000);
  }

  @Test
  @Tag("system")
  void aHundredThousandThatEndAtOnceAreClosedInStepsOfBoundedCost() {
    closesInBoundedSteps(100_000);
  }

  /** So many rows, and no more, are read and written in one transaction. */
  private void closesInBoundedSteps(int slots) {
    tenant.withPool("big", slots, LEASE);
    database.asSuperuser(
        """
        UPDATE licensing.slots SET session_id = licensing.time_ordered_uuid(now()),
          holder = sha256(slot_no::text::bytea), hardware_hash = sha256('hw'), key_no = 1,
          lease_until = clock_timestamp(), last_heartbeat = now()
        WHERE pool_id = 'big'
        """);
    var steps = walk();
    assertThat(steps)
        .allSatisfy(step -> assertThat(step.freed()).hasSizeLessThanOrEqualTo(SlotSweep.FREED));
    assertThat(steps).hasSize(slots / SlotSweep.FREED + 1);
    assertThat(count("sessions WHERE end_reason = 'LEASE_ENDED'")).isEqualTo(slots);
    assertThat(count("slots WHERE holder IS NOT NULL")).isZero();
    assertThat(walk()).as("a walk that finds nothing").hasSize(slots / SlotSweep.LOOKED_AT + 1);
  }

  private List<Sweep> walk() {
    var steps = new ArrayList<Sweep>();
    var next = Optional.<Sweep.Position>empty();
    do {
      var step = ledger.sweep(next);
      steps.add(step);
      next = step.next();
    } while (next.isPresent());
    return steps;
  }

  private Seat grant(String machine, int slot) {
    return ((GrantOutcome.Granted) ledger.grant(tenant.request("cad", machine, slot))).seat();
  }

  private static List<Integer> freed(Sweep sweep) {
    return sweep.freed().stream().map(FreedSlot::slot).toList();
  }

  private void endLeases(String which) {
    database.asSuperuser(
        "UPDATE licensing.slots SET lease_until = clock_timestamp() WHERE " + which);
  }

  private long generations() {
    return database.count("SELECT sum(generation) FROM licensing.slots");
  }

  private long count(String what) {
    return database.count("SELECT count(*) FROM licensing." + what);
  }

  private String databaseName() {
    return database.url().substring(database.url().lastIndexOf('/') + 1);
  }
}
