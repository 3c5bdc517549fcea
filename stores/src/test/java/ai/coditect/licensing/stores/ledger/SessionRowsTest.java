package ai.coditect.licensing.stores.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.stores.ledger.TestLedger.TestTenant;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A session is in its slot while it is held, and in history from its end on: once at any time. */
class SessionRowsTest {

  private static final String POOL = "cad";
  private static final Duration LEASE = Duration.ofMinutes(6);

  private TestLedger database;
  private TestTenant tenant;
  private PostgresSeatLedger ledger;

  @BeforeEach
  void open() {
    database = TestLedger.migrated();
    tenant = database.tenant("rows").withPool(POOL, 3, LEASE);
    ledger = tenant.open();
  }

  @AfterEach
  void close() {
    ledger.close();
    database.close();
  }

  @Test
  void whileASessionIsHeldItHasNoRow() {
    var seat = granted("m1");
    ledger.renew(seat.sessionId());
    assertThat(rows()).isZero();
  }

  @Test
  void aHeldSessionIsShownFromItsBeginningToItsLastHeartbeat() {
    var seat = granted("m1");
    var renewed = renewed(seat);
    assertThat(history())
        .containsExactly(
            new Shown(
                seat.sessionId(),
                "cad 1 1 " + seat.holder(),
                millisOf(seat.grantedAt()),
                renewed.grantedAt(),
                Optional.of(renewed.leaseUntil()),
                Optional.empty(),
                Optional.empty()));
  }

  @Test
  void aSessionWhoseLeaseHasEndedIsShownAsEndedThoughNobodyHasWrittenSo() {
    var seat = granted("m1");
    endLease(1);
    assertThat(rows()).isZero();
    assertThat(history())
        .singleElement()
        .satisfies(
            shown -> {
              assertThat(shown.session()).isEqualTo(seat.sessionId());
              assertThat(shown.reason()).contains("LEASE_ENDED");
              assertThat(shown.endedAt()).isEqualTo(shown.leaseUntil());
            });
  }

  @Test
  void aSessionThatHasEndedIsShownAsItWasHeld() {
    var seat = granted("m1");
    var renewed = renewed(seat);
    ledger.release(seat.sessionId());
    assertThat(history())
        .singleElement()
        .satisfies(
            shown ->
                assertThat(shown)
                    .isEqualTo(
                        new Shown(
                            seat.sessionId(),
                            "cad 1 1 " + seat.holder(),
                            millisOf(seat.grantedAt()),
                            renewed.grantedAt(),
                            Optional.empty(),
                            shown.endedAt(),
                            Optional.of("RELEASED"))),
            shown -> assertThat(shown.endedAt().orElseThrow()).isAfter(renewed.grantedAt()));
  }

  @Test
  void aRowSaysOnWhichHardwareAndWithWhichKeyASessionWasHeld() {
    ledger.release(granted("m1").sessionId());
    assertThat(
            database.count(
                "SELECT count(*) FROM licensing.sessions JOIN licensing.license_keys USING (tenant_id, key_no) WHERE hardware_hash = '\\x%s'"
                    .formatted(TestLedger.sha256("hw m1"))))
        .isEqualTo(1);
  }

  @Test
  void whoeverTakesASlotWritesTheEndOfTheSessionThatHadIt() {
    granted("m1");
    granted("m1");
    endLease(1);
    ledger.grant(tenant.request(POOL, "m2", 1));
    assertThat(ends()).containsExactly("1 SUPERSEDED", "1 LEASE_ENDED", "1 holds");
    assertThat(rows()).isEqualTo(2);
  }

  @Test
  void aSessionWhoseSlotIsTrimmedHasARow() {
    ledger.grant(tenant.request(POOL, "m3", 3));
    endLease(3);
    database.registry().putPool(tenant.record(POOL, 2, 1, LEASE));
    assertThat(ends()).containsExactly("3 LEASE_ENDED");
    assertThat(rows()).isEqualTo(1);
  }

  @Test
  void theSessionsOfAPoolThatIsRetiredHaveRows() {
    granted("m1");
    var seat = granted("m2");
    endLease(1);
    database.registry().removePool(tenant.tenantId(), POOL, "uid-" + POOL, Disposal.RETAIN);
    assertThat(ends()).containsExactly("1 LEASE_ENDED", "2 REMOVED");
    assertThat(rows()).isEqualTo(2);
    assertThat(history().getLast().acquiredAt()).isEqualTo(millisOf(seat.grantedAt()));
  }

  private Seat granted(String machine) {
    return ((GrantOutcome.Granted) ledger.grant(tenant.request(POOL, machine))).seat();
  }

  private Seat renewed(Seat seat) {
    return ((RenewOutcome.Renewed) ledger.renew(seat.sessionId())).seat();
  }

  /** What a session's name tells. */
  private static Instant millisOf(Instant instant) {
    return instant.truncatedTo(ChronoUnit.MILLIS);
  }

  private void endLease(int slot) {
    database.asSuperuser(
        "UPDATE licensing.slots SET lease_until = clock_timestamp() WHERE slot_no = " + slot);
  }

  private long rows() {
    return database.count("SELECT count(*) FROM licensing.sessions");
  }

  private List<Shown> history() {
    return database.list(
        "SELECT * FROM licensing.session_history ORDER BY slot_no, slot_generation", Shown::read);
  }

  private List<String> ends() {
    return database.list(
        "SELECT slot_no || ' ' || coalesce(end_reason, 'holds') FROM licensing.session_history ORDER BY slot_no, slot_generation",
        row -> row.getString(1));
  }

  /**
   * A row of the view.
   *
   * @param what pool, slot, generation and holder
   */
  private record Shown(
      UUID session,
      String what,
      Instant acquiredAt,
      Instant lastHeartbeat,
      Optional<Instant> leaseUntil,
      Optional<Instant> endedAt,
      Optional<String> reason) {

    static Shown read(ResultSet row) throws SQLException {
      return new Shown(
          row.getObject("session_id", UUID.class),
          String.join(
              " ",
              row.getString("pool_id"),
              row.getString("slot_no"),
              row.getString("slot_generation"),
              row.getString("holder")),
          Query.instant(row, "acquired_at"),
          Query.instant(row, "last_heartbeat"),
          Query.optionalInstant(row, "lease_until"),
          Query.optionalInstant(row, "ended_at"),
          Optional.ofNullable(row.getString("end_reason")));
    }
  }
}
