package ai.coditect.licensing.stores.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coditect.licensing.stores.ledger.TestLedger.TestTenant;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;

/**
 * What one tenant's login can do to another tenant's rows: nothing. {@link TenantWallsTest} tries
 * whatever the catalogue lists; here is what only somebody who knows the tables thinks of.
 */
class RowSecurityTest {

  private static final String OUTSIDE_PRIVILEGES = "42501";

  /** A statement that would write a row of the other tenant, for each table. */
  private static final Map<String, String> WRITES =
      Map.of(
          "session_callers", "UPDATE session_callers SET principal = 'x' WHERE tenant_id = '%s'",
          "tenants", "UPDATE tenants SET suspended = true WHERE tenant_id = '%s'",
          "pools", "UPDATE pools SET lockable = DEFAULT WHERE tenant_id = '%s'",
          "license_keys", "UPDATE license_keys SET revoked_at = now() WHERE tenant_id = '%s'",
          "slots", "UPDATE slots SET lease_until = NULL WHERE tenant_id = '%s'",
          "sessions", "UPDATE sessions SET ended_at = now() WHERE tenant_id = '%s'",
          "audit", "UPDATE audit SET holder = '' WHERE tenant_id = '%s'",
          "denials", "UPDATE denials SET times = 1 WHERE tenant_id = '%s'",
          "acquire_requests",
              "UPDATE acquire_requests SET request_hash = '' WHERE tenant_id = '%s'",
          "statements", "UPDATE statements SET statement = 'x' WHERE tenant_id = '%s'");

  private static TestLedger database;
  private static TestTenant mine;
  private static TestTenant other;

  private Connection connection;

  @BeforeAll
  static void fillTwoTenants() {
    database = TestLedger.migrated();
    mine = filled("mine");
    other = filled("other");
  }

  @AfterAll
  static void closeDatabase() {
    database.close();
  }

  @BeforeEach
  void logIn() throws SQLException {
    connection = mine.connect();
  }

  @AfterEach
  void logOut() throws SQLException {
    connection.close();
  }

  static Stream<String> tables() {
    return WRITES.keySet().stream();
  }

  /** All but one, of which some columns are the operator's. */
  static Stream<String> tablesReadWhole() {
    return tables().filter(table -> !table.equals("tenants"));
  }

  @ParameterizedTest
  @MethodSource("tables")
  void aTenantReadsItsOwnRowsOnly(String table) throws SQLException {
    assertThat(count("SELECT count(tenant_id) FROM " + table)).isPositive();
    assertThat(
            count(
                "SELECT count(tenant_id) FROM %s WHERE tenant_id <> '%s'"
                    .formatted(table, mine.tenantId())))
        .isZero();
  }

  @Test
  void theHistoryShowsItsOwnSessionsOnly() throws SQLException {
    assertThat(count("SELECT count(DISTINCT tenant_id) FROM session_history")).isEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource("tables")
  void aTenantUpdatesNoRowOfAnother(String table) throws SQLException {
    assertThat(changed(WRITES.get(table).formatted(other.tenantId()))).isZero();
  }

  @ParameterizedTest
  @MethodSource("tables")
  void aTenantDeletesNoRowOfAnother(String table) throws SQLException {
    assertThat(changed("DELETE FROM %s WHERE tenant_id = '%s'".formatted(table, other.tenantId())))
        .isZero();
  }

  @Test
  void aTenantInsertsNoSessionOfAnother() {
    assertRefused(
        """
        INSERT INTO sessions SELECT '%s', gen_random_uuid(), pool_id, slot_no, slot_generation,
          holder, hardware_hash, key_no, acquired_at, last_heartbeat FROM sessions
        """
            .formatted(other.tenantId()));
  }

  @Test
  void aTenantInsertsNoStatementOfAnother() {
    assertRefused(
        "INSERT INTO statements VALUES ('%s', 'k', 's', now())".formatted(other.tenantId()));
  }

  @Test
  void aTenantMovesNoRowOfItsOwnToAnother() {
    assertRefused("UPDATE slots SET tenant_id = '%s'".formatted(other.tenantId()));
    assertRefused("UPDATE sessions SET tenant_id = '%s'".formatted(other.tenantId()));
  }

  @ParameterizedTest
  @MethodSource("tablesReadWhole")
  void aCopyHoldsItsOwnRowsOnly(String table) throws Exception {
    var copy = new StringWriter();
    var rows =
        connection
            .unwrap(PGConnection.class)
            .getCopyAPI()
            .copyOut("COPY (SELECT * FROM %s) TO STDOUT".formatted(table), copy);
    assertThat(rows).isPositive();
    assertThat(copy.toString()).doesNotContain(other.tenantId());
  }

  @Test
  void aCopyWritesNothing() {
    assertThatThrownBy(
            () ->
                connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn("COPY statements FROM STDIN"))
        .isInstanceOf(SQLException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "INSERT INTO pools (tenant_id) VALUES ('x')",
        "INSERT INTO slots (tenant_id) VALUES ('x')",
        "UPDATE pools SET seats = 1000000",
        "DELETE FROM slots",
        "TRUNCATE slots",
        "DROP TABLE slots",
        "ALTER TABLE slots DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE slots NO FORCE ROW LEVEL SECURITY",
        "DROP POLICY own_rows ON slots",
        "CREATE TABLE licensing.mine (a int)",
        "CREATE TABLE public.mine (a int)",
        "CREATE TEMPORARY TABLE mine (a int)",
        "CREATE SCHEMA mine",
        "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE ROLE mine",
        "SET ROLE licensing",
        "SET SESSION AUTHORIZATION licensing",
        "SELECT * FROM flyway_schema_history",
        "SELECT owner_uid FROM tenants",
        "DELETE FROM audit",
        "UPDATE audit SET happened_at = now()",
        "TRUNCATE audit",
        "DELETE FROM sessions",
        "UPDATE sessions SET acquired_at = now()",
        "DELETE FROM denials",
        "UPDATE denials SET first_at = now()",
        "ALTER TABLE audit DETACH PARTITION audit_default",
        "ALTER TABLE sessions DETACH PARTITION sessions_default"
      })
  void aTenantMayNot(String sql) {
    assertRefused(sql);
  }

  @Test
  void switchingRowSecurityOffHidesNothingAndShowsNothing() throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute("SET row_security = off");
    }
    assertRefused("SELECT count(*) FROM slots");
  }

  @Test
  void aTenantThatBorrowsTheGroupsRoleSeesNothing() throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute("SET ROLE licensing_api");
    }
    assertThat(count("SELECT count(*) FROM slots")).isZero();
  }

  @Test
  void aLedgerOpenedForAnotherTenantGrantsNothing() {
    try (var ledger = PostgresSeatLedger.connect(mine.login(), other.tenantId())) {
      assertThat(ledger.grant(other.request("cad", "m9"))).isEqualTo(new GrantOutcome.UnknownKey());
    }
  }

  /** Neither those that the migration made nor those that were made since. */
  @Test
  void aTenantReachesNoPartitionByItsName() throws SQLException {
    var partitions =
        Query.of(
                connection,
                "SELECT inhrelid::regclass::text AS name FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid WHERE c.relkind = 'r'")
            .list(row -> row.getString("name"));
    assertThat(partitions).hasSizeGreaterThan(10);
    for (var partition : partitions) {
      assertRefused("SELECT count(*) FROM " + partition);
      assertRefused("INSERT INTO %1$s SELECT * FROM %1$s".formatted(partition));
      assertRefused("DELETE FROM " + partition);
    }
  }

  private static TestTenant filled(String name) {
    var tenant = database.tenant(name).withPool("cad", 3, Duration.ofMinutes(6));
    try (var ledger = tenant.open()) {
      ledger.grant(tenant.named("cad", "m1", "key", "request"));
      var ended = (GrantOutcome.Granted) ledger.grant(tenant.request("cad", "m2"));
      ledger.release(ended.seat().sessionId());
      ledger.record(List.of(new Denial(Optional.of("cad"), "pool-exhausted", Optional.empty(), 1)));
      ledger.publishStatement(
          new PublishedStatement("leaf", "a.b.c", Instant.now().plusSeconds(3_600)));
    }
    return tenant;
  }

  private void assertRefused(String sql) {
    assertThatThrownBy(
            () -> {
              try (var statement = connection.createStatement()) {
                statement.execute(sql);
              }
            })
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(OUTSIDE_PRIVILEGES));
  }

  private long count(String sql) throws SQLException {
    return Query.of(connection, sql).first(row -> row.getLong(1)).orElseThrow();
  }

  /** Rows changed; none where the statement is not allowed at all. */
  private int changed(String sql) throws SQLException {
    try {
      return Query.of(connection, sql).write();
    } catch (SQLException e) {
      if (e.getSQLState().equals(OUTSIDE_PRIVILEGES)) {
        return 0;
      }
      throw e;
    }
  }
}
