package ai.coditect.licensing.stores.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.coditect.licensing.stores.ledger.TestLedger.TestTenant;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Of a pool that was made a moment ago Postgres' planner knows nothing, and guesses that it is
 * small.
 */
class FreshTableTest {

  private static final int SEATS = 20_000;
  private static final int CALLERS = 60;
  private static final int CALLS = 3 * CALLERS;

  /** Its own row by each of three indexes, and versions of it that nobody has cleared away. */
  private static final int ROWS_READ_PER_CALL = 20;

  @Test
  void eachCallReachesItsSlotByKey() throws Exception {
    try (var database = TestLedger.migrated()) {
      keepAsItIs(database);
      var tenant = database.tenant("fresh").withPool("cad", SEATS, Duration.ofMinutes(6));
      assertReachedByKey(database, tenant);
    }
  }

  /**
   * A vacuum measures the indexes, of which those of holders and sessions have grown, and makes
   * plans anew. That it is followed by statistics changes no plan that was made meanwhile.
   */
  @Test
  void alsoAfterAVacuumThatLeftNoStatistics() throws Exception {
    try (var database = TestLedger.migrated()) {
      keepAsItIs(database);
      var tenant = database.tenant("vacuumed").withPool("cad", SEATS, Duration.ofMinutes(6));
      for (var i = 0; i < 3; i++) {
        database.asSuperuser(
            """
            UPDATE licensing.slots SET session_id = gen_random_uuid(),
              holder = sha256(gen_random_uuid()::text::bytea)
            WHERE slot_no <= %d
            """
                .formatted(SEATS / 2));
      }
      database.asSuperuser("VACUUM licensing.slots");
      assertReachedByKey(database, tenant);
    }
  }

  private static void keepAsItIs(TestLedger database) {
    database.asSuperuser("ALTER TABLE licensing.slots SET (autovacuum_enabled = off)");
    database.asSuperuser(
        """
        DO $$ DECLARE part regclass; BEGIN
          FOR part IN SELECT inhrelid FROM pg_inherits WHERE inhparent = 'licensing.sessions'::regclass
          LOOP EXECUTE format('ALTER TABLE %s SET (autovacuum_enabled = off)', part); END LOOP;
        END $$
        """);
  }

  private static void assertReachedByKey(TestLedger database, TestTenant tenant) throws Exception {
    database.asSuperuser("SELECT pg_stat_reset()");
    call(tenant);
    await().until(() -> updates(database) == CALLS);
    assertThat(rowsRead(database) / CALLS).isLessThan(ROWS_READ_PER_CALL);
    assertThat(partitionsLookedAt(database)).as("the week's partition alone").isEqualTo(1);
  }

  /** All at once: one transaction for a single call is planned with better luck. */
  private static void call(TestTenant tenant) throws Exception {
    try (var ledger = tenant.open();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var callers =
          IntStream.rangeClosed(1, CALLERS)
              .mapToObj(n -> threads.submit(() -> callThrice(ledger, tenant, n)))
              .toList();
      for (var caller : callers) {
        caller.get();
      }
    }
  }

  private static void callThrice(PostgresSeatLedger ledger, TestTenant tenant, int caller) {
    var outcome = ledger.grant(tenant.request("cad", "m" + caller, SEATS - caller));
    var session = ((GrantOutcome.Granted) outcome).seat().sessionId();
    assertThat(ledger.renew(session)).isInstanceOf(RenewOutcome.Renewed.class);
    assertThat(ledger.release(session)).isInstanceOf(ReleaseOutcome.Released.class);
  }

  private static long rowsRead(TestLedger database) {
    return database.count(
        """
        SELECT sum(idx_tup_read) + (
          SELECT sum(seq_tup_read) FROM pg_stat_user_tables
          WHERE relname = 'slots' OR relname LIKE 'sessions%')
        FROM pg_stat_user_indexes WHERE relname = 'slots' OR relname LIKE 'sessions%'
        """);
  }

  /** Those whose key was looked for, whether or not it was there. */
  private static long partitionsLookedAt(TestLedger database) {
    return database.count(
        "SELECT count(*) FROM pg_stat_user_tables WHERE relname LIKE 'sessions%' AND idx_scan + seq_scan > 0");
  }

  private static long updates(TestLedger database) {
    return database.count("SELECT n_tup_upd FROM pg_stat_user_tables WHERE relname = 'slots'");
  }
}
