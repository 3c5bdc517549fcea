package ai.coditect.licensing.stores.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.stores.ledger.TestLedger.TestTenant;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Many clients at once, through two processes' worth of ledgers. */
class SeatContentionTest {

  private static final String POOL = "cad";
  private static final int CLIENTS = 64;
  private static final int SEATS = 10;

  /** One holder's grants run one after the other, each in its own transaction. */
  private static final int RETRIES = 10;

  private static final int ROUNDS = 100;

  private static final int WRITERS = 8;
  private static final int CHANGES = 5;

  private TestLedger database;
  private TestTenant tenant;
  private List<PostgresSeatLedger> ledgers;
  private ExecutorService threads;

  @BeforeEach
  void open() {
    database = TestLedger.migrated();
    tenant = database.tenant("crowd").withPool(POOL, SEATS, Duration.ofMinutes(6));
    ledgers = List.of(tenant.open(), tenant.open());
    threads = Executors.newVirtualThreadPerTaskExecutor();
  }

  @AfterEach
  void close() {
    threads.close();
    ledgers.forEach(PostgresSeatLedger::close);
    database.close();
  }

  @Test
  void sixtyFourClientsOnTenSeatsGetExactlyTenWhereTheLedgerChooses() throws Exception {
    for (var round = 0; round < ROUNDS; round++) {
      contend(round, client -> tenant.request(POOL, "m" + client));
    }
  }

  /** As where Redis is stale: everybody is sent to the same few slots, none is refused for good. */
  @Test
  void sixtyFourClientsSentToTheSameSlotsGetEachSlotOnce() throws Exception {
    for (var round = 0; round < ROUNDS; round++) {
      contend(round, client -> tenant.request(POOL, "m" + client, 1 + client % SEATS));
    }
  }

  /** A retry storm: the unique holder decides, through both ledgers and for every slot. */
  @Test
  void oneHolderAskingFromEverywhereHoldsOneSeat() throws Exception {
    warmUp();
    var outcomes = atOnce(RETRIES, client -> tenant.request(POOL, "m", 1 + client % SEATS));
    assertThat(outcomes).allMatch(GrantOutcome.Granted.class::isInstance);
    assertThat(outcomes.stream().map(o -> ((GrantOutcome.Granted) o).seat().slotGeneration()))
        .as("each grant fenced off the one before")
        .doesNotHaveDuplicates();
    assertThat(inUse()).isEqualTo(1);
  }

  /** Clients come and go while the limit is moved under them. */
  @Test
  void noMoreThanTheLimitIsGrantedWhileTheLimitMoves() throws Exception {
    for (var round = 0; round < 20; round++) {
      var seats = round % 2 == 0 ? 4 : SEATS;
      var generation = 2L + round;
      var lowering =
          threads.submit(
              () ->
                  database
                      .registry()
                      .putPool(tenant.record(POOL, generation, seats, Duration.ofMinutes(6))));
      atOnce(client -> tenant.request(POOL, "m" + client));
      lowering.get();
      var held = inUse();
      var late = atOnce(client -> tenant.request(POOL, "late" + client));
      var granted = late.stream().filter(GrantOutcome.Granted.class::isInstance).count();
      assertThat(granted).as("round %d", round).isEqualTo(Math.max(0, seats - held));
      releaseAll();
    }
  }

  /** Eight transactions hold the pool at any instant, each as long as a busy writer's does. */
  @Test
  void aLimitChangesWithinASecondThoughThePoolIsNeverLeftAlone() throws Exception {
    var isOver = new AtomicBoolean();
    var haveIt = new CountDownLatch(WRITERS);
    var writers = new ArrayList<Future<Void>>();
    try {
      for (var writer = 0; writer < WRITERS; writer++) {
        writers.add(threads.submit(() -> share(haveIt, isOver)));
      }
      assertThat(haveIt.await(10, TimeUnit.SECONDS)).isTrue();
      for (var round = 0; round < CHANGES; round++) {
        var record = tenant.record(POOL, 2L + round, SEATS + round % 2, Duration.ofMinutes(6));
        var start = System.nanoTime();
        assertThat(database.registry().putPool(record)).isEqualTo(PutOutcome.WRITTEN);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
      }
    } finally {
      isOver.set(true);
    }
    all(writers);
  }

  private Void share(CountDownLatch haveIt, AtomicBoolean isOver) throws SQLException {
    var wanted = new SeatStatements.Wanted(Set.of(POOL), Set.of(), List.of(), List.of());
    try (var connection = tenant.connect()) {
      connection.setAutoCommit(false);
      while (!isOver.get()) {
        new SeatSql(connection, tenant.tenantId()).look(wanted, PoolLock.SHARED);
        connection.createStatement().execute("SELECT pg_sleep(0.003)");
        connection.rollback();
        haveIt.countDown();
      }
    }
    return null;
  }

  /** A caller's patience is a second; connecting for the first time shall not eat it up. */
  private void warmUp() {
    for (var ledger : ledgers) {
      var granted = (GrantOutcome.Granted) ledger.grant(tenant.request(POOL, "warm"));
      ledger.release(granted.seat().sessionId());
    }
  }

  private void contend(int round, IntFunction<GrantRequest> request) throws Exception {
    var outcomes = atOnce(request);
    var seats =
        outcomes.stream()
            .filter(GrantOutcome.Granted.class::isInstance)
            .map(outcome -> ((GrantOutcome.Granted) outcome).seat())
            .toList();
    assertThat(seats).as("round %d", round).hasSize(SEATS);
    assertThat(new HashSet<>(seats.stream().map(Seat::slot).toList())).hasSize(SEATS);
    assertThat(outcomes).noneMatch(GrantOutcome.UnknownKey.class::isInstance);
    assertThat(inUse()).isEqualTo(SEATS);
    release(seats);
  }

  private List<GrantOutcome> atOnce(IntFunction<GrantRequest> request) throws Exception {
    return atOnce(CLIENTS, request);
  }

  private List<GrantOutcome> atOnce(int clients, IntFunction<GrantRequest> request)
      throws Exception {
    var start = new CountDownLatch(1);
    var calls = new ArrayList<Future<GrantOutcome>>();
    for (var client = 0; client < clients; client++) {
      var ledger = ledgers.get(client % ledgers.size());
      var wanted = request.apply(client);
      calls.add(
          threads.submit(
              () -> {
                start.await();
                return ledger.grant(wanted);
              }));
    }
    start.countDown();
    return all(calls);
  }

  private void release(List<Seat> seats) throws Exception {
    var calls = new ArrayList<Callable<ReleaseOutcome>>();
    for (var seat : seats) {
      calls.add(() -> ledgers.get(seat.slot() % ledgers.size()).release(seat.sessionId()));
    }
    assertThat(all(threads.invokeAll(calls))).allMatch(ReleaseOutcome.Released.class::isInstance);
  }

  private void releaseAll() {
    database.asSuperuser(
        "UPDATE licensing.slots SET generation = generation + 1, session_id = NULL, holder = NULL, lease_until = NULL WHERE lease_until IS NOT NULL");
  }

  private static <T> List<T> all(List<Future<T>> calls)
      throws InterruptedException, ExecutionException {
    var results = new ArrayList<T>();
    for (var call : calls) {
      results.add(call.get());
    }
    return results;
  }

  private int inUse() {
    return database.registry().usage(tenant.tenantId(), POOL).orElseThrow().inUse();
  }
}
