package ai.coditect.licensing.stores.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ai.coditect.licensing.servers.FaultyLink;
import ai.coditect.licensing.servers.PostgresServer;
import ai.coditect.licensing.stores.ledger.TestLedger.TestTenant;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerFaultsTest {

  private static final String POOL = "cad";
  private static final Duration LEASE = Duration.ofMinutes(6);

  /** A second, and what a busy machine adds to it. */
  private static final Duration ABOUT_A_SECOND = Duration.ofMillis(2_500);

  private TestLedger database;
  private TestTenant tenant;
  private ExecutorService threads;

  @BeforeEach
  void open() {
    database = TestLedger.migrated();
    tenant = database.tenant("faults").withPool(POOL, 50, LEASE);
    threads = Executors.newVirtualThreadPerTaskExecutor();
  }

  @AfterEach
  void close() {
    threads.close();
    database.close();
  }

  @Test
  void oneFailingRowDoesNotFailItsNeighbours() throws Exception {
    database.asSuperuser(
        """
        CREATE FUNCTION licensing.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE integrity_constraint_violation USING MESSAGE = 'refused by the test'; END $$;
        CREATE TRIGGER refuse BEFORE INSERT ON licensing.audit FOR EACH ROW
          WHEN (NEW.holder = '\\x%s') EXECUTE FUNCTION licensing.refuse()
        """
            .formatted(TestLedger.sha256("m7")));
    try (var ledger = oneWriter()) {
      var outcomes = whileWriterIsHeldUp(ledger, grants(ledger, 20));
      for (var client = 0; client < 20; client++) {
        var outcome = outcomes.get(client);
        if (client == 7) {
          assertThatThrownBy(outcome::get)
              .hasCauseInstanceOf(LedgerUnavailableException.class)
              .hasMessageContaining("refused by the test");
        } else {
          assertThat(outcome.get()).as("m%d", client).isInstanceOf(GrantOutcome.Granted.class);
        }
      }
    }
    assertThat(inUse()).isEqualTo(19);
  }

  /** No program of ours writes a lease without its holder; somebody with rights might. */
  @Test
  void aRowThatMakesNoSenseFailsNobodyButWhoAsksForIt() throws Exception {
    database.asSuperuser(
        "UPDATE licensing.slots SET lease_until = clock_timestamp() + interval '1 hour' WHERE slot_no = 7");
    try (var ledger = oneWriter()) {
      var outcomes = whileWriterIsHeldUp(ledger, grantsOfSlots(ledger, 1, 20));
      for (var slot = 1; slot <= 20; slot++) {
        var outcome = outcomes.get(slot - 1);
        if (slot == 7) {
          assertThatThrownBy(outcome::get).hasCauseInstanceOf(LedgerUnavailableException.class);
        } else {
          assertThat(outcome.get()).as("slot %d", slot).isInstanceOf(GrantOutcome.Granted.class);
        }
      }
      assertThat(ledger.grant(tenant.request(POOL, "later", 21)))
          .as("the writer lives on")
          .isInstanceOf(GrantOutcome.Granted.class);
    }
  }

  @Test
  void whatNobodyWaitsForAnyMoreIsNotCommitted() {
    database.asSuperuser(
        """
        CREATE FUNCTION licensing.dawdle() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN PERFORM pg_sleep(0.6); RETURN NEW; END $$;
        CREATE TRIGGER dawdle BEFORE UPDATE ON licensing.slots
          FOR EACH ROW EXECUTE FUNCTION licensing.dawdle();
        CREATE TRIGGER dawdle BEFORE INSERT ON licensing.audit
          FOR EACH ROW EXECUTE FUNCTION licensing.dawdle()
        """);
    try (var ledger = oneWriter()) {
      ledger.writable();
      assertThatThrownBy(() -> ledger.grant(tenant.request(POOL, "m1")))
          .isInstanceOf(LedgerUnavailableException.class)
          .hasMessageContaining("in time");
    }
    assertThat(inUse()).isZero();
  }

  @Test
  void callsThatMeetATimeoutStillShareOneTransaction() throws Exception {
    database.asSuperuser(
        """
        CREATE SEQUENCE licensing.tries;
        GRANT USAGE ON SEQUENCE licensing.tries TO PUBLIC;
        CREATE FUNCTION licensing.time_out_once() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF nextval('licensing.tries') = 1 THEN
            RAISE lock_not_available USING MESSAGE = 'locked, says the test';
          END IF;
          RETURN NEW;
        END $$;
        CREATE TRIGGER time_out_once BEFORE INSERT ON licensing.audit FOR EACH ROW
          WHEN (NEW.holder = '\\x%s') EXECUTE FUNCTION licensing.time_out_once()
        """
            .formatted(TestLedger.sha256("m7")));
    try (var ledger = oneWriter()) {
      for (var outcome : whileWriterIsHeldUp(ledger, grants(ledger, 20))) {
        assertThat(outcome.get()).isInstanceOf(GrantOutcome.Granted.class);
      }
    }
    assertThat(database.count("SELECT count(DISTINCT xmin::text) FROM licensing.audit"))
        .isLessThanOrEqualTo(2);
  }

  @Test
  void callsThatWaitShareOneTransaction() throws Exception {
    try (var ledger = oneWriter()) {
      for (var outcome : whileWriterIsHeldUp(ledger, grants(ledger, 20))) {
        assertThat(outcome.get()).isInstanceOf(GrantOutcome.Granted.class);
      }
    }
    assertThat(database.count("SELECT count(DISTINCT xmin::text) FROM licensing.audit"))
        .isLessThanOrEqualTo(2);
  }

  @Test
  void killedBackEndsGoUnnoticedByCallers() {
    try (var ledger = tenant.open()) {
      var first = ledger.grant(tenant.request(POOL, "m1"));
      killBackEnds();
      assertThat(ledger.renew(((GrantOutcome.Granted) first).seat().sessionId()))
          .isInstanceOf(RenewOutcome.Renewed.class);
    }
  }

  @Test
  void aServerThatFallsSilentIsNoticedByReadsWithinASecondOrSo() throws Exception {
    try (var ledger = tenant.open()) {
      ledger.writable();
      var silent = signal("STOP", backEnds());
      try {
        var start = System.nanoTime();
        ledger.writable();
        assertThat(since(start)).isLessThan(ABOUT_A_SECOND);
      } finally {
        signal("CONT", silent);
      }
    }
  }

  /** A loader reads a pool of many seats for as long as its index takes to fill. */
  @Test
  void readersLeaveTheWritersTheirConnections() throws Exception {
    try (var ledger = tenant.open();
        var locker = PostgresServer.shared().connect(databaseName())) {
      var granted = (GrantOutcome.Granted) ledger.grant(tenant.request(POOL, "m1"));
      locker.setAutoCommit(false);
      locker.createStatement().execute("LOCK TABLE licensing.statements IN ACCESS EXCLUSIVE MODE");
      var readers = Stream.generate(() -> threads.submit(ledger::statements)).limit(20).toList();
      while (!readers.stream().allMatch(Future::isDone)) {
        assertThat(ledger.renew(granted.seat().sessionId()))
            .isInstanceOf(RenewOutcome.Renewed.class);
      }
      assertThat(connections()).as("a pod's share").isLessThanOrEqualTo(3);
    }
  }

  @Test
  void aPoolThatIsLockedForLongIsRefusedInTime() throws Exception {
    try (var ledger = tenant.open();
        var locker = PostgresServer.shared().connect(databaseName())) {
      ledger.grant(tenant.request(POOL, "m1"));
      locker.setAutoCommit(false);
      locker.createStatement().execute(lockOfThePool());
      var start = System.nanoTime();
      assertThatThrownBy(() -> ledger.grant(tenant.request(POOL, "m2")))
          .isInstanceOf(LedgerUnavailableException.class);
      assertThat(since(start)).isLessThan(ABOUT_A_SECOND);
      locker.rollback();
      await()
          .ignoreExceptionsInstanceOf(LedgerUnavailableException.class)
          .untilAsserted(
              () ->
                  assertThat(ledger.grant(tenant.request(POOL, "m2")))
                      .isInstanceOf(GrantOutcome.Granted.class));
    }
  }

  /** More callers than go into one batch, so that they could keep everybody else out. */
  @Test
  void aLockedPoolHoldsUpNobodyElse() throws Exception {
    tenant.withPool("render", 50, LEASE);
    try (var ledger = tenant.open();
        var locker = PostgresServer.shared().connect(databaseName())) {
      var held = (GrantOutcome.Granted) ledger.grant(tenant.request("render", "r1"));
      var shut = (GrantOutcome.Granted) ledger.grant(tenant.request(POOL, "shut"));
      locker.setAutoCommit(false);
      locker.createStatement().execute(lockOfThePool());
      var refused = new ArrayList<>(grants(ledger, 500).stream().map(threads::submit).toList());
      var renewal = threads.submit(() -> ledger.renew(shut.seat().sessionId()));
      var release = threads.submit(() -> ledger.release(shut.seat().sessionId()));
      var others = 0;
      while (!refused.stream().allMatch(Future::isDone)) {
        assertThat(ledger.renew(held.seat().sessionId())).isInstanceOf(RenewOutcome.Renewed.class);
        assertThat(ledger.grant(tenant.request("render", "x" + others % 40)))
            .isInstanceOf(GrantOutcome.Granted.class);
        others++;
      }
      assertThat(others).isGreaterThan(5);
      for (var outcome : refused) {
        assertThatThrownBy(outcome::get).hasCauseInstanceOf(LedgerUnavailableException.class);
      }
      assertThatThrownBy(renewal::get).hasCauseInstanceOf(LedgerUnavailableException.class);
      assertThatThrownBy(release::get).hasCauseInstanceOf(LedgerUnavailableException.class);
    }
  }

  @Test
  void aSlotThatSomebodyIsAtHoldsUpOnlyWhoWantsIt() throws Exception {
    try (var ledger = oneWriter();
        var locker = PostgresServer.shared().connect(databaseName())) {
      var first = ledger.grant(tenant.request(POOL, "m1", 1));
      locker.setAutoCommit(false);
      locker
          .createStatement()
          .execute(
              "SELECT FROM licensing.slots WHERE tenant_id = '%s' AND slot_no IN (1, 2) FOR UPDATE"
                  .formatted(tenant.tenantId()));
      var own = threads.submit(() -> ledger.grant(tenant.request(POOL, "m1")));
      var named = threads.submit(() -> ledger.grant(tenant.request(POOL, "m2", 2)));
      var renewal =
          threads.submit(() -> ledger.renew(((GrantOutcome.Granted) first).seat().sessionId()));
      assertThat(ledger.grant(tenant.request(POOL, "m3", 3)))
          .isInstanceOf(GrantOutcome.Granted.class);
      assertThat(List.of(own, named, renewal)).noneMatch(Future::isDone);
      locker.rollback();
      assertThat(slotOf(own.get())).isEqualTo(1);
      assertThat(slotOf(named.get())).isEqualTo(2);
      assertThat(renewal.get())
          .isInstanceOfAny(RenewOutcome.Renewed.class, RenewOutcome.Superseded.class);
    }
    assertThat(inUse()).isEqualTo(3);
  }

  /** HikariCP asks the first one for what it then wants of all of them. */
  @Test
  void aFirstConnectionThatBreaksWhileItIsMadeSpoilsNoneOfTheNext() {
    try (var link = FaultyLink.to(PostgresServer.shared().port())) {
      link.cutAtReply("transaction_isolation", 0);
      try (var ledger = PostgresSeatLedger.connect(tenant.loginThrough(link), tenant.tenantId())) {
        await()
            .ignoreException(LedgerUnavailableException.class)
            .untilAsserted(
                () ->
                    assertThat(ledger.grant(tenant.request(POOL, "m1")))
                        .isInstanceOf(GrantOutcome.Granted.class));
        assertThat(link.fired()).isPositive();
      }
    }
  }

  @Test
  void closingAnswersThoseWhoWait() throws Exception {
    var ledger = oneWriter();
    var outcomes = whileWriterIsHeldUp(ledger, grants(ledger, 10));
    ledger.close();
    for (var outcome : outcomes) {
      assertThat(outcome.get()).isInstanceOf(GrantOutcome.Granted.class);
    }
  }

  @Test
  void aLedgerThatWasNeverThereFailsEveryCallWithinASecondOrSo() throws Exception {
    var nowhere = new PostgresSettings("jdbc:postgresql://127.0.0.1:1/none", "a", "b");
    try (var ledger = PostgresSeatLedger.connect(nowhere, "t")) {
      var start = System.nanoTime();
      for (var outcome : threads.invokeAll(grants(ledger, 500))) {
        assertThatThrownBy(outcome::get)
            .isInstanceOf(ExecutionException.class)
            .hasCauseInstanceOf(LedgerUnavailableException.class);
      }
      assertThat(ledger.writable()).isFalse();
      assertThat(since(start)).isLessThan(ABOUT_A_SECOND.multipliedBy(2));
    }
  }

  @Test
  void aLedgerThatIsAwayAtStartAndAgainLaterIsUsedOnceItIsThere(@TempDir Path folder) {
    var port = OptionalInt.empty();
    PostgresSettings login;
    try (var server = PostgresServer.start(folder)) {
      login = prepare(server);
      port = OptionalInt.of(server.port());
    }
    try (var ledger = PostgresSeatLedger.connect(login, "acme")) {
      assertThat(ledger.writable()).isFalse();
      for (var round = 0; round < 2; round++) {
        try (var _ = PostgresServer.start(folder, port)) {
          await().atMost(Duration.ofSeconds(30)).until(ledger::writable);
        }
        assertThatThrownBy(() -> ledger.poolOfKey(TestTenant.keyOf(POOL)))
            .isInstanceOf(LedgerUnavailableException.class);
      }
    }
  }

  private static PostgresSettings prepare(PostgresServer server) {
    server.createDatabase("ledger");
    var operator = new PostgresSettings(server.jdbcUrl("ledger"), PostgresServer.SUPERUSER, "");
    try (var registry = PostgresRegistry.connect(operator)) {
      registry.migrate();
      registry.putTenant(
          new TenantRecord("acme", "uid", 1, "", false, "", Optional.empty(), Adoption.NONE));
      var login = registry.ensureLogin("acme", TestLedger.PASSWORD);
      return new PostgresSettings(login.jdbcUrl(), login.user(), login.password());
    }
  }

  private PostgresSeatLedger oneWriter() {
    return PostgresSeatLedger.connect(tenant.login(), tenant.tenantId(), 1);
  }

  private List<Callable<GrantOutcome>> grants(SeatLedger ledger, int clients) {
    var calls = new ArrayList<Callable<GrantOutcome>>();
    for (var client = 0; client < clients; client++) {
      var request = tenant.request(POOL, "m" + client);
      calls.add(() -> ledger.grant(request));
    }
    return calls;
  }

  private List<Callable<GrantOutcome>> grantsOfSlots(SeatLedger ledger, int from, int to) {
    var calls = new ArrayList<Callable<GrantOutcome>>();
    for (var slot = from; slot <= to; slot++) {
      var request = tenant.request(POOL, "m" + slot, slot);
      calls.add(() -> ledger.grant(request));
    }
    return calls;
  }

  private String lockOfThePool() {
    return "SELECT " + PoolLock.EXCLUSIVE.sql("'" + tenant.tenantId() + "'", "'" + POOL + "'");
  }

  private static int slotOf(GrantOutcome outcome) {
    return ((GrantOutcome.Granted) outcome).seat().slot();
  }

  /** The only writer waits for a lock, so that the calls come to stand in one line. */
  private List<Future<GrantOutcome>> whileWriterIsHeldUp(
      PostgresSeatLedger ledger, List<Callable<GrantOutcome>> calls) throws Exception {
    ledger.writable();
    try (var locker = PostgresServer.shared().connect(databaseName())) {
      locker.setAutoCommit(false);
      locker.createStatement().execute("LOCK TABLE licensing.pools IN ACCESS EXCLUSIVE MODE");
      var outcomes = calls.stream().map(threads::submit).toList();
      await()
          .pollInterval(Duration.ofMillis(10))
          .until(
              () ->
                  database.count(
                          "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
                      == 1);
      locker.rollback();
      return outcomes;
    }
  }

  private void killBackEnds() {
    database.asSuperuser(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '%s'"
            .formatted(tenant.login().user()));
  }

  private String backEnds() {
    return database.query(
        "SELECT string_agg(pid::text, ' ') FROM pg_stat_activity WHERE usename = '%s'"
            .formatted(tenant.login().user()),
        row -> row.getString(1));
  }

  private long connections() {
    return database.count(
        "SELECT count(*) FROM pg_stat_activity WHERE usename = '%s'"
            .formatted(tenant.login().user()));
  }

  private static String signal(String name, String processes) throws Exception {
    var command = Stream.concat(Stream.of("kill", "-" + name), Stream.of(processes.split(" ")));
    assertThat(new ProcessBuilder(command.toList()).start().waitFor()).isZero();
    return processes;
  }

  private String databaseName() {
    return database.url().substring(database.url().lastIndexOf('/') + 1);
  }

  private int inUse() {
    return database.registry().usage(tenant.tenantId(), POOL).orElseThrow().inUse();
  }

  private static Duration since(long nanoTime) {
    return Duration.ofNanos(System.nanoTime() - nanoTime);
  }
}
