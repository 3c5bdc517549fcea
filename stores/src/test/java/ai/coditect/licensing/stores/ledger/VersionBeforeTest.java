package ai.coditect.licensing.stores.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.stores.ledger.TestLedger.TestTenant;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import org.flywaydb.core.api.MigrationVersion;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

/**
 * A ledger that was filled by versions 1 and 3 of the schema, and a pod of the version before,
 * whose statements are prepared already, beside the version after.
 */
class VersionBeforeTest {

  private static final int PREPARED_ON_THE_SERVER = 1;
  private static final Duration RETENTION = Duration.ofDays(30);

  private TestLedger database;
  private TestTenant tenant;
  private OldPod oldPod;

  @BeforeEach
  void fillAndMigrate() throws SQLException {
    database = TestLedger.empty();
    migrateTo("1");
    database.asSuperuser(
        """
        INSERT INTO licensing.tenants (tenant_id, owner_uid, generation, display_name, suspended)
        VALUES ('%s', 'uid-old', 1, 'old', false)
        """
            .formatted(database.tenantId("old")));
    tenant = database.loggedIn("old");
    database.asSuperuser(
        """
        INSERT INTO licensing.pools (tenant_id, pool_id, owner_uid, generation, revision, product,
          seats, lease_seconds, entitlements, top_slot)
        VALUES ('%1$s', 'cad', 'uid-cad', 1, 1, 'cad-suite', 5, 360, '{export}', 5);
        INSERT INTO licensing.slots (tenant_id, pool_id, slot_no, generation)
        SELECT '%1$s', 'cad', n, 0 FROM generate_series(1, 5) AS n;
        INSERT INTO licensing.license_keys (tenant_id, pool_id, name, key_hash)
        VALUES ('%1$s', 'cad', 'default', '\\x%2$s')
        """
            .formatted(tenant.tenantId(), TestTenant.keyOf("cad")));
    try (var firstPod = new OldPod(tenant)) {
      firstPod.grant(1, UUID.randomUUID());
    }
    migrateTo("3");
    oldPod = new OldPod(tenant);
    oldPod.grant(2);
    oldPod.grant(3);
    oldPod.end(3);
    database.registry().migrate();
  }

  @AfterEach
  void close() throws SQLException {
    oldPod.close();
    database.close();
  }

  @Test
  void whatWasThereIsKept() {
    assertThat(history()).isEqualTo("1 holds, 2 holds, 3 RELEASED");
  }

  @Test
  void aPodOfTheVersionBeforeGoesOn() throws SQLException {
    oldPod.grant(4);
    oldPod.grant(5);
    oldPod.end(5);
    oldPod.end(2);
    assertThat(history()).isEqualTo("1 holds, 2 RELEASED, 3 RELEASED, 4 holds, 5 RELEASED");
  }

  @Test
  void whatItGrantedIsKeptAndEndedByTheVersionAfter() throws SQLException {
    var beforeMigration = oldPod.session(2);
    oldPod.grant(4);
    try (var ledger = tenant.open()) {
      assertThat(ledger.renew(beforeMigration)).isInstanceOf(RenewOutcome.Renewed.class);
      assertThat(ledger.renew(oldPod.session(4))).isInstanceOf(RenewOutcome.Renewed.class);
      assertThat(ledger.release(beforeMigration)).isInstanceOf(ReleaseOutcome.Released.class);
      assertThat(ledger.renew(oldPod.session(3)))
          .isEqualTo(new RenewOutcome.Ended(EndReason.RELEASED));
      assertThat(ledger.standing(beforeMigration))
          .isEqualTo(new SessionStanding.Ended(EndReason.RELEASED));
    }
    assertThat(history()).isEqualTo("1 holds, 2 RELEASED, 3 RELEASED, 4 holds");
  }

  @Test
  void aRowThatItOpenedIsClosedByTheVersionAfterAndKeepsItsBeginning() {
    var began = rows("acquired_at");
    try (var ledger = tenant.open()) {
      for (var slot : List.of(1, 2)) {
        ledger.release(sessionIn(slot));
      }
    }
    assertThat(rows("acquired_at")).isEqualTo(began);
    assertThat(rows("slot_no || ' ' || end_reason"))
        .containsExactly("1 RELEASED", "2 RELEASED", "3 RELEASED");
  }

  @Test
  void aRowThatItOpenedIsClosedByTheOperatorAndKeepsItsBeginning() {
    var began = rows("acquired_at");
    database.registry().removePool(tenant.tenantId(), "cad", "uid-cad", Disposal.RETAIN);
    assertThat(rows("acquired_at")).isEqualTo(began);
    assertThat(rows("slot_no || ' ' || end_reason"))
        .containsExactly("1 REMOVED", "2 REMOVED", "3 RELEASED");
  }

  @Test
  void aSessionOfItThatIsTrimmedIsClosed() {
    database.asSuperuser(
        "UPDATE licensing.slots SET lease_until = clock_timestamp() WHERE slot_no = 2");
    database.registry().putPool(tenant.record("cad", 2, 1, Duration.ofMinutes(6)));
    assertThat(history()).isEqualTo("1 holds, 2 LEASE_ENDED, 3 RELEASED");
  }

  @Test
  void whatItEndsOfTheVersionAfterIsWrittenDownByTheOperator() throws SQLException {
    try (var ledger = tenant.open()) {
      var seat = granted(ledger, "m5", 5);
      assertThat(oldPod.end(seat.sessionId())).as("rows that it found").isZero();
      assertThat(ledger.standing(seat.sessionId())).isEqualTo(new SessionStanding.Unknown());
      database.registry().keepHistory(RETENTION);
      assertThat(ledger.standing(seat.sessionId()))
          .isEqualTo(new SessionStanding.Ended(EndReason.RELEASED));
    }
    assertThat(history()).isEqualTo("1 holds, 2 holds, 3 RELEASED, 5 RELEASED");
  }

  @Test
  void theOperatorWritesWhatTheAuditKnows() throws SQLException {
    try (var ledger = tenant.open()) {
      var seat = granted(ledger, "m5", 5);
      oldPod.end(seat.sessionId());
      database.registry().keepHistory(RETENTION);
      assertThat(
              rows(
                  """
                  concat_ws(' ', session_id, pool_id, slot_generation, encode(holder, 'hex'), (
                    SELECT name FROM licensing.license_keys k WHERE k.key_no = sessions.key_no),
                    ended_at = (
                      SELECT happened_at FROM licensing.audit a
                      WHERE a.session_id = sessions.session_id AND event = 'RELEASED'),
                    acquired_at = date_trunc('milliseconds', timestamptz '%s'))
                  """
                      .formatted(seat.grantedAt())))
          .endsWith("%s cad 1 %s default t t".formatted(seat.sessionId(), seat.holder()));
    }
  }

  @Test
  void theOperatorWritesNothingDownTwice() throws SQLException {
    try (var ledger = tenant.open()) {
      oldPod.end(granted(ledger, "m5", 5).sessionId());
      ledger.release(granted(ledger, "m4", 4).sessionId());
    }
    database.registry().keepHistory(RETENTION);
    var written = rows("xmin");
    database.registry().keepHistory(RETENTION);
    assertThat(rows("xmin")).isEqualTo(written);
  }

  @Test
  void afterAWeekTheOperatorLooksNoMore() throws SQLException {
    try (var ledger = tenant.open()) {
      oldPod.end(granted(ledger, "m5", 5).sessionId());
    }
    database.asSuperuser(
        "UPDATE licensing.flyway_schema_history SET installed_on = installed_on - interval '8 days'");
    database.registry().keepHistory(RETENTION);
    assertThat(history()).isEqualTo("1 holds, 2 holds, 3 RELEASED");
  }

  @Test
  void aRecordOfTheVersionBeforeHoldsWithoutEnd() {
    var pool = tenant.record("cad", 2, 5, Duration.ofMinutes(6));
    database.registry().putPool(pool);
    assertThat(database.registry().putPool(pool)).isEqualTo(PutOutcome.UNCHANGED);
    try (var ledger = tenant.open()) {
      assertThat(ledger.grant(tenant.request("cad", "m4")))
          .isInstanceOf(GrantOutcome.Granted.class);
    }
  }

  private void migrateTo(String version) {
    new Migrations(database.operator()).run(MigrationVersion.fromVersion(version));
  }

  private String history() {
    return database.query(
        "SELECT string_agg(slot_no || ' ' || coalesce(end_reason, 'holds'), ', ' ORDER BY slot_no) FROM licensing.session_history",
        row -> row.getString(1));
  }

  /** An expression over the rows that are there, by slot. */
  private List<String> rows(String expression) {
    return database.list(
        "SELECT %s FROM licensing.sessions ORDER BY slot_no".formatted(expression),
        row -> row.getString(1));
  }

  private Seat granted(SeatLedger ledger, String machine, int slot) {
    return ((GrantOutcome.Granted) ledger.grant(tenant.request("cad", machine, slot))).seat();
  }

  private UUID sessionIn(int slot) {
    return database.query(
        "SELECT session_id FROM licensing.slots WHERE slot_no = " + slot,
        row -> row.getObject(1, UUID.class));
  }

  /** The statements of the version before that write history. */
  private static final class OldPod implements AutoCloseable {

    private final TimeOrderedIds ids = new TimeOrderedIds(new SplittableRandom());
    private final Map<Integer, UUID> sessions = new HashMap<>();
    private final Connection connection;
    private final String tenantId;
    private final PreparedStatement start;
    private final PreparedStatement end;

    OldPod(TestTenant tenant) throws SQLException {
      tenantId = tenant.tenantId();
      connection = tenant.connect();
      connection.unwrap(PGConnection.class).setPrepareThreshold(PREPARED_ON_THE_SERVER);
      start =
          connection.prepareStatement(
              """
              INSERT INTO sessions (tenant_id, session_id, pool_id, slot_no, slot_generation, holder,
                hardware_hash, key_no, acquired_at, last_heartbeat)
              SELECT ?, n.session_id, n.pool_id, n.slot_no, n.generation, n.holder, n.hardware_hash,
                n.key_no, n.acquired_at, n.acquired_at
              FROM (SELECT ?::uuid AS session_id, 'cad' AS pool_id, ? AS slot_no, 1 AS generation,
                sha256(?) AS holder, sha256('hw') AS hardware_hash, (
                  SELECT key_no FROM license_keys) AS key_no, clock_timestamp() AS acquired_at) AS n
              """);
      end =
          connection.prepareStatement(
              """
              UPDATE sessions n SET ended_at = e.ended_at, end_reason = e.end_reason,
                last_heartbeat = e.last_heartbeat
              FROM (SELECT ? AS tenant_id, ?::uuid AS session_id, clock_timestamp() AS ended_at,
                'RELEASED' AS end_reason, clock_timestamp() AS last_heartbeat) AS e
              WHERE n.tenant_id = e.tenant_id AND n.session_id = e.session_id AND n.ended_at IS NULL
              """);
    }

    UUID session(int slot) {
      return sessions.get(slot);
    }

    void grant(int slot) throws SQLException {
      grant(slot, ids.at(Instant.now()));
    }

    void grant(int slot, UUID session) throws SQLException {
      sessions.put(slot, session);
      start.setString(1, tenantId);
      start.setObject(2, session);
      start.setInt(3, slot);
      start.setBytes(4, ("m" + slot).getBytes(StandardCharsets.UTF_8));
      assertThat(start.executeUpdate()).isEqualTo(1);
      try (var hold =
          connection.prepareStatement(
              """
              UPDATE slots s SET generation = n.slot_generation, session_id = n.session_id,
                holder = n.holder, hardware_hash = n.hardware_hash, key_no = n.key_no,
                lease_until = clock_timestamp() + interval '6 minutes',
                last_heartbeat = clock_timestamp()
              FROM sessions n
              WHERE n.session_id = ? AND n.slot_no = s.slot_no AND n.tenant_id = s.tenant_id
              """)) {
        hold.setObject(1, session);
        assertThat(hold.executeUpdate()).isEqualTo(1);
      }
    }

    void end(int slot) throws SQLException {
      assertThat(end(session(slot))).as("rows of its own").isEqualTo(1);
    }

    /**
     * @return how many rows of history it closed
     */
    int end(UUID session) throws SQLException {
      end.setString(1, tenantId);
      end.setObject(2, session);
      var closed = end.executeUpdate();
      audit(session);
      free(session);
      return closed;
    }

    private void audit(UUID session) throws SQLException {
      try (var audit =
          connection.prepareStatement(
              """
              INSERT INTO audit (tenant_id, event_id, event, happened_at, pool_id, slot_no,
                slot_generation, session_id, holder, key_no)
              SELECT tenant_id, ?, 'RELEASED', clock_timestamp(), pool_id, slot_no, generation,
                session_id, holder, key_no
              FROM slots WHERE session_id = ?
              """)) {
        audit.setObject(1, ids.at(Instant.now()));
        audit.setObject(2, session);
        assertThat(audit.executeUpdate()).isEqualTo(1);
      }
    }

    private void free(UUID session) throws SQLException {
      try (var free =
          connection.prepareStatement(
              """
              UPDATE slots SET generation = generation + 1, session_id = NULL, holder = NULL,
                hardware_hash = NULL, key_no = NULL, lease_until = NULL, last_heartbeat = NULL
              WHERE session_id = ?
              """)) {
        free.setObject(1, session);
        assertThat(free.executeUpdate()).isEqualTo(1);
      }
    }

    @Override
    public void close() throws SQLException {
      connection.close();
    }
  }
}
