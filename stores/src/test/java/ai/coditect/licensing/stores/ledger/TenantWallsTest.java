package ai.coditect.licensing.stores.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import ai.coditect.licensing.servers.PostgresServer;
import ai.coditect.licensing.stores.ledger.TestLedger.TestTenant;
import ai.coditect.licensing.stores.ledger.WallAttempts.Attempt;
import ai.coditect.licensing.stores.ledger.WallAttempts.Relation;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever there is in the ledger's schema, tried with each verb of SQL by those whose it is not:
 * it gives nothing and changes nothing. Made from the catalogue, so a new table is tried as well.
 */
class TenantWallsTest {

  /**
   * Not allowed, not possible for rows with policies or of this kind, not a view that can be
   * written.
   */
  private static final List<String> REFUSALS = List.of("42501", "0A000", "42809", "55000");

  /** Who tries. */
  enum Intruder {
    /** A tenant's own login. */
    ANOTHER_TENANT,
    /** A login of the API that is no tenant's. */
    API_WITHOUT_TENANT,
    /** A login that was given nothing. */
    NOBODY
  }

  private static final Map<Intruder, Connection> CONNECTIONS = new EnumMap<>(Intruder.class);

  private static TestLedger database;
  private static TestTenant victim;
  private static WallAttempts attempts;
  private static Connection superuser;
  private static String before;

  @BeforeAll
  static void fillTwoTenants() throws SQLException {
    database = TestLedger.migrated();
    victim = filled("victim");
    CONNECTIONS.put(Intruder.ANOTHER_TENANT, filled("intruder").connect());
    CONNECTIONS.put(Intruder.API_WITHOUT_TENANT, login("untenanted", "IN ROLE licensing_api"));
    CONNECTIONS.put(Intruder.NOBODY, login("nobody", ""));
    attempts = new WallAttempts(database, victim.tenantId());
    superuser = PostgresServer.shared().connect(database.name());
    before = victimsRows();
  }

  @AfterAll
  static void leave() throws SQLException {
    superuser.close();
    for (var connection : CONNECTIONS.values()) {
      connection.close();
    }
    for (var name : List.of("untenanted", "nobody")) {
      database.asSuperuser("DROP ROLE \"%s\"".formatted(database.tenantId(name)));
    }
    database.close();
  }

  static Stream<Arguments> tries() {
    return Stream.of(Intruder.values())
        .flatMap(
            who ->
                attempts.relations().stream()
                    .flatMap(
                        relation ->
                            attempts.on(relation, limits(who)).entrySet().stream()
                                .map(it -> arguments(who, it.getKey(), relation, it.getValue()))));
  }

  @ParameterizedTest(name = "{0}: {1} {2}")
  @MethodSource("tries")
  void givesNothingAndChangesNothing(
      Intruder who, String verb, Relation relation, List<Attempt> tries) throws SQLException {
    for (var attempt : tries) {
      assertThat(rows(CONNECTIONS.get(who), attempt)).as(attempt.sql()).isZero();
    }
    assertThat(victimsRows()).isEqualTo(before);
  }

  static Stream<Arguments> calls() {
    return Stream.of(Intruder.values())
        .flatMap(who -> attempts.functions().stream().map(call -> arguments(who, call)));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("calls")
  void functionsTellNothingAndChangeNothing(Intruder who, String call) throws SQLException {
    assertThat(said(CONNECTIONS.get(who), call)).doesNotContain(victim.tenantId());
    assertThat(victimsRows()).isEqualTo(before);
  }

  static Stream<Relation> filledTables() {
    return attempts.relations().stream().filter(relation -> relation.holdsRowsOfVictim());
  }

  /** Else the tests above would prove nothing. */
  @ParameterizedTest
  @MethodSource("filledTables")
  void whoeverMaySucceedsWithTheSameStatements(Relation table) throws SQLException {
    var tries = attempts.on(table, attempts.ofVictim());
    try (var connection = database.connectAsSuperuser()) {
      for (var verb : List.of("SELECT", "UPDATE", "COPY TO", "DELETE", "MERGE")) {
        if (tries.containsKey(verb)) {
          assertThat(total(connection, tries.get(verb))).as(verb).isPositive();
        }
        connection.rollback();
      }
      for (var verb : List.of("INSERT", "COPY FROM")) {
        total(connection, tries.get("DELETE"));
        assertThat(total(connection, tries.get(verb))).as(verb).isPositive();
        connection.rollback();
      }
    }
  }

  @Test
  void everyKindOfThingIsTried() {
    assertThat(attempts.relations().stream().map(Relation::name))
        .contains("licensing.slots", "licensing.sessions_default", "licensing.session_history")
        .contains("licensing.license_keys_key_no_seq", "licensing.flyway_schema_history");
    assertThat(attempts.functions()).anyMatch(call -> call.contains("time_of_uuid"));
    assertThat(filledTables().map(Relation::name))
        .contains("licensing.tenants", "licensing.pools", "licensing.license_keys")
        .contains("licensing.slots", "licensing.sessions", "licensing.audit", "licensing.denials")
        .contains("licensing.acquire_requests", "licensing.statements");
  }

  private static String limits(Intruder who) {
    return who == Intruder.ANOTHER_TENANT ? attempts.ofVictim() : "true";
  }

  private static long total(Connection connection, List<Attempt> tries) {
    return tries.stream().mapToLong(attempt -> rows(connection, attempt)).sum();
  }

  /** Rows read or changed; none where it is refused. */
  private static long rows(Connection connection, Attempt attempt) {
    try {
      return attempt.on(connection);
    } catch (SQLException e) {
      assertThat(e.getSQLState()).as(attempt.sql()).withFailMessage(e.toString()).isIn(REFUSALS);
      return 0;
    }
  }

  private static String said(Connection connection, String call) {
    try {
      return Query.of(connection, call).list(row -> row.getString(1)).toString();
    } catch (SQLException e) {
      return e.getMessage();
    }
  }

  /** Also those of its tables of which somebody else could take all rows away. */
  private static String victimsRows() throws SQLException {
    var rows =
        attempts.tables().stream()
            .map(
                table ->
                    "(SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM %s t WHERE %s)"
                        .formatted(table, table.isTenanted() ? attempts.ofVictim() : "true"))
            .collect(Collectors.joining(" || "));
    return Query.of(superuser, "SELECT " + rows).first(row -> row.getString(1)).orElseThrow();
  }

  private static Connection login(String name, String more) throws SQLException {
    var role = database.tenantId(name);
    database.asSuperuser(
        "CREATE ROLE \"%s\" LOGIN PASSWORD '%s' %s".formatted(role, TestLedger.PASSWORD, more));
    return DriverManager.getConnection(
        database.url() + "?currentSchema=licensing", role, TestLedger.PASSWORD);
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
}
