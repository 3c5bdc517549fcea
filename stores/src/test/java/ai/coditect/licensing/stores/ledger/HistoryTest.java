package ai.coditect.licensing.stores.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coditect.licensing.servers.PostgresServer;
import ai.coditect.licensing.stores.ledger.TestLedger.TestTenant;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** History in partitions: made ahead, dropped when they are old. */
class HistoryTest {

  private static final Duration RETENTION = Duration.ofDays(30);
  private static final Duration LONG_AGO = Duration.ofDays(50);

  private TestLedger database;
  private TestTenant tenant;
  private PostgresSeatLedger ledger;

  @BeforeEach
  void open() {
    database = TestLedger.migrated();
    tenant = database.tenant("history").withPool("cad", 5, Duration.ofMinutes(6));
    ledger = tenant.open();
  }

  @AfterEach
  void close() {
    ledger.close();
    database.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"sessions", "audit", "denials"})
  void thereArePartitionsForThisWeekAndFourMore(String table) {
    assertThat(partitions(table)).isEqualTo(1 + 5);
    database.registry().keepHistory(RETENTION);
    assertThat(partitions(table)).as("nothing changes").isEqualTo(1 + 5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sessions", "audit", "denials"})
  void whatIsWrittenNowLiesInThisWeeksPartition(String table) {
    released("m1");
    ledger.record(List.of(new Denial(Optional.of("cad"), "r", Optional.empty(), 1)));
    assertThat(count("SELECT count(*) FROM licensing." + table)).isPositive();
    assertThat(inRest(table)).isZero();
  }

  @Test
  void whatIsOlderThanTheRetentionIsDroppedWhole() throws SQLException {
    makeOldPartitions();
    moveBack(released("m1"));
    assertThat(partitions("sessions")).isEqualTo(1 + 5 + 1);
    database.registry().keepHistory(RETENTION);
    assertThat(partitions("sessions")).isEqualTo(1 + 5);
    assertThat(partitions("audit")).isEqualTo(1 + 5);
    assertThat(partitions("denials")).isEqualTo(1 + 5);
    assertThat(count("SELECT count(*) FROM licensing.sessions")).isZero();
  }

  @Test
  void whatIsYoungerThanTheRetentionStays() throws SQLException {
    makeOldPartitions();
    moveBack(released("m1"));
    database.registry().keepHistory(LONG_AGO.plusDays(8));
    assertThat(partitions("sessions")).isEqualTo(1 + 5 + 1);
    assertThat(count("SELECT count(*) FROM licensing.sessions")).isEqualTo(1);
  }

  @Test
  void aSessionThatIsHeldForLongerThanHistoryIsKeptIsForgottenLongAfterItsEnd()
      throws SQLException {
    makeOldPartitions();
    var held = moveBack(grant("alive"));
    database.registry().keepHistory(RETENTION);
    assertThat(partitions("sessions")).as("its week's is dropped").isEqualTo(1 + 5);
    assertThat(ledger.renew(held)).isInstanceOf(RenewOutcome.Renewed.class);
    assertThat(ledger.release(held)).isInstanceOf(ReleaseOutcome.Released.class);
    database.registry().keepHistory(RETENTION);
    assertThat(sessions()).as("it ended a moment ago").containsExactly(held);
    endBefore(held, RETENTION.plusDays(1));
    database.registry().keepHistory(RETENTION);
    assertThat(sessions()).isEmpty();
  }

  @Test
  void withoutPartitionsNothingIsRefusedAndALaterRunCopes() {
    dropPartitions();
    var held = grant("m1");
    released("m2");
    released("m3");
    ledger.record(List.of(new Denial(Optional.of("cad"), "r", Optional.empty(), 1)));
    assertThat(inRest("sessions")).isEqualTo(2);
    database.registry().keepHistory(RETENTION);
    for (var table : HistoryTable.ALL) {
      assertThat(partitions(table.name())).as(table.name()).isEqualTo(1 + 5);
      assertThat(inRest(table.name())).as(table.name()).isZero();
    }
    assertThat(count("SELECT count(*) FROM licensing.sessions")).isEqualTo(2);
    assertThat(ledger.renew(held)).isInstanceOf(RenewOutcome.Renewed.class);
  }

  @Test
  void whereVeryMuchLiesOutsideOfPartitionsTheNextOneBeginsAhead() {
    dropPartitions();
    database.asSuperuser(
        """
        INSERT INTO licensing.sessions
        SELECT '%s', licensing.time_ordered_uuid(now()), 'cad', 1, 1, '', '', 1, now(), now(), now(),
          'RELEASED' FROM generate_series(1, 10001)
        """
            .formatted(tenant.tenantId()));
    database.registry().keepHistory(RETENTION);
    assertThat(inRest("sessions")).isEqualTo(10_001);
    assertThat(partitions("sessions")).isGreaterThan(4);
    released("m1");
    assertThat(inRest("sessions")).as("until it begins").isEqualTo(10_002);
  }

  @Test
  void aLargeRestIsLookedThroughBeforehand() {
    dropPartitions();
    released("m1");
    try (var connections = Connections.open(database.operator(), "test", 1)) {
      new History(connections, 0).makeAhead();
    }
    assertThat(partitions("sessions")).isGreaterThan(4);
    assertThat(count("SELECT count(*) FROM pg_constraint WHERE conname = 'nothing_ahead'"))
        .isZero();
    released("m2");
    assertThat(inRest("sessions")).as("until the first one begins").isEqualTo(2);
  }

  @Test
  void whatIsOldIsDeletedFromTheRestToo() throws SQLException {
    moveBack(released("m1"));
    var endedNow = moveBack(grant("m2"));
    ledger.release(endedNow);
    assertThat(inRest("sessions")).isEqualTo(2);
    database.registry().keepHistory(RETENTION);
    assertThat(sessions()).containsExactly(endedNow);
  }

  @Test
  void twoOperatorsMayKeepItAtOnce() throws Exception {
    dropPartitions();
    try (var other = PostgresRegistry.connect(database.operator());
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Void>> both =
          List.of(() -> keep(database.registry()), () -> keep(other), () -> keep(other));
      for (var done : threads.invokeAll(both)) {
        done.get();
      }
    }
    database.registry().keepHistory(RETENTION);
    assertThat(partitions("sessions")).isEqualTo(1 + 5);
  }

  /** Whoever reads all of history for long must not make grants wait behind the operator. */
  @Test
  void aLockThatDoesNotComeIsGivenUpBeforeAnybodyNoticesIt() throws SQLException {
    dropPartitions();
    try (var reader = PostgresServer.shared().connect(databaseName())) {
      reader.setAutoCommit(false);
      reader.createStatement().execute("SELECT count(*) FROM licensing.sessions");
      assertThatThrownBy(() -> database.registry().keepHistory(RETENTION))
          .isInstanceOf(LedgerUnavailableException.class);
      grant("m1");
    }
    database.registry().keepHistory(RETENTION);
    assertThat(partitions("sessions")).isEqualTo(1 + 5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sessions", "audit", "denials"})
  void aTableThatFailsKeepsNoOtherFromBeingKept(String failing) throws SQLException {
    makeOldPartitions();
    try (var reader = PostgresServer.shared().connect(databaseName())) {
      reader.setAutoCommit(false);
      reader.createStatement().execute("SELECT count(*) FROM licensing." + failing);
      assertThatThrownBy(() -> database.registry().keepHistory(RETENTION))
          .isInstanceOf(LedgerUnavailableException.class);
    }
    for (var table : HistoryTable.ALL) {
      assertThat(partitions(table.name()))
          .as(table.name())
          .isEqualTo(table.name().equals(failing) ? 1 + 5 + 1 : 1 + 5);
    }
  }

  private static Void keep(LicenseRegistry registry) {
    try {
      registry.keepHistory(RETENTION);
    } catch (LedgerUnavailableException _) {
      // The other one was at it: left for the next time.
    }
    return null;
  }

  private UUID grant(String machine) {
    return ((GrantOutcome.Granted) ledger.grant(tenant.request("cad", machine))).seat().sessionId();
  }

  private UUID released(String machine) {
    var session = grant(machine);
    ledger.release(session);
    return session;
  }

  /** As if they had been made in time. */
  private void makeOldPartitions() throws SQLException {
    var from = Instant.now().minus(LONG_AGO).truncatedTo(ChronoUnit.HOURS);
    var range = new HistoryRange(from, from.plus(Duration.ofDays(7)));
    try (var connection = database.connectAsOperator()) {
      for (var table : HistoryTable.ALL) {
        History.make(connection, table, range);
      }
    }
  }

  /** As if the session had begun, and ended, long ago. */
  private UUID moveBack(UUID session) {
    var then = Instant.now().minus(LONG_AGO).plus(Duration.ofDays(1));
    var id = new TimeOrderedIds(new SplittableRandom()).at(then);
    database.asSuperuser(
        """
        UPDATE licensing.sessions SET session_id = '%1$s', acquired_at = '%3$s',
          ended_at = CASE WHEN ended_at IS NOT NULL THEN timestamptz '%3$s' END
        WHERE session_id = '%2$s';
        UPDATE licensing.slots SET session_id = '%1$s' WHERE session_id = '%2$s';
        UPDATE licensing.audit SET session_id = '%1$s' WHERE session_id = '%2$s'
        """
            .formatted(id, session, then));
    return id;
  }

  private void endBefore(UUID session, Duration ago) {
    database.asSuperuser(
        "UPDATE licensing.sessions SET ended_at = now() - interval '%d hours' WHERE session_id = '%s'"
            .formatted(ago.toHours(), session));
  }

  private List<UUID> sessions() {
    return database.list(
        "SELECT session_id FROM licensing.sessions", row -> row.getObject(1, UUID.class));
  }

  /** As where no operator was there for months. */
  private void dropPartitions() {
    database.asSuperuser(
        """
        DO $$ DECLARE part regclass; BEGIN
          FOR part IN SELECT inhrelid FROM pg_inherits
            JOIN pg_class c ON c.oid = inhrelid
            WHERE c.relkind = 'r' AND c.relname NOT LIKE '%default'
          LOOP EXECUTE format('DROP TABLE %s', part); END LOOP;
        END $$
        """);
  }

  private long partitions(String table) {
    return count(
        "SELECT count(*) FROM pg_inherits WHERE inhparent = 'licensing.%s'::regclass"
            .formatted(table));
  }

  private long inRest(String table) {
    return count("SELECT count(*) FROM licensing.%s_default".formatted(table));
  }

  private long count(String sql) {
    return database.count(sql);
  }

  private String databaseName() {
    return database.url().substring(database.url().lastIndexOf('/') + 1);
  }
}
