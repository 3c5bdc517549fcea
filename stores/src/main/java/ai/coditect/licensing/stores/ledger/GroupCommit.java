package ai.coditect.licensing.stores.ledger;

import static java.util.stream.Collectors.groupingBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A few writers, each of which takes what waits and answers it in one transaction: callers share a
 * round trip, a lock order and a flush to disk.
 */
final class GroupCommit implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(GroupCommit.class);

  private static final int BATCH = 200;
  private static final int CAPACITY = 5_000;
  private static final int ATTEMPTS = 5;
  private static final Duration DRAIN = Duration.ofSeconds(5);

  /** Lets whoever is in the way get on before the same calls are tried again. */
  private static final Duration PAUSE = Duration.ofMillis(5);

  private final Connections connections;
  private final String tenantId;
  private final CallLine line = new CallLine(CAPACITY);
  private final List<Thread> writers = new ArrayList<>();

  GroupCommit(Connections connections, String tenantId, int writers) {
    this.connections = connections;
    this.tenantId = tenantId;
    for (var i = 1; i <= writers; i++) {
      this.writers.add(Thread.ofPlatform().daemon().name("ledger-writer-" + i).start(this::serve));
    }
  }

  void submit(SeatCall call) {
    line.join(call);
  }

  /** Serves those who wait already. */
  @Override
  public void close() {
    line.close();
    var deadline = System.nanoTime() + DRAIN.toNanos();
    try {
      for (var writer : writers) {
        writer.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void serve() {
    try {
      for (var batch = line.take(BATCH); !batch.isEmpty(); batch = line.take(BATCH)) {
        serve(batch);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void serve(List<SeatCall> batch) throws InterruptedException {
    var again = new ArrayList<SeatCall>();
    try {
      again.addAll(answer(batch));
      if (again.size() == batch.size()) {
        Thread.sleep(PAUSE);
      }
    } finally {
      line.done(batch, again);
    }
  }

  /** Answers every call of the batch or returns it; a writer outlives whatever goes wrong. */
  private List<SeatCall> answer(List<SeatCall> batch) {
    try {
      return tryTogether(batch);
    } catch (SQLException e) {
      if (!SqlFailures.isOfARow(e)) {
        fail(batch, SqlFailures.unavailable(e));
        return List.of();
      }
      LOG.atDebug().addKeyValue("calls", batch.size()).setCause(e).log("Batch failed, row by row");
      return oneByOne(batch);
    } catch (LedgerUnavailableException e) {
      fail(batch, e);
    } catch (RuntimeException e) {
      LOG.atError().setCause(e).log("A batch failed in an unforeseen way");
      fail(batch, new LedgerUnavailableException("The ledger failed", e));
    }
    return List.of();
  }

  /**
   * A connection that died before the commit has done nothing. After a restart of Postgres all that
   * lay in the pool are dead.
   */
  private List<SeatCall> tryTogether(List<SeatCall> batch) throws SQLException {
    for (var attempt = 1; ; attempt++) {
      try {
        return conclude(transaction(batch));
      } catch (SQLException e) {
        var isLate = batch.stream().allMatch(call -> call.reply().isOverdue());
        if (!SqlFailures.isConnectionLost(e) || isLate || attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  /** So that a row which fails fails alone. */
  private List<SeatCall> oneByOne(List<SeatCall> batch) {
    var again = new ArrayList<SeatCall>();
    for (var call : batch) {
      if (!call.reply().isOverdue()) {
        again.addAll(alone(call));
      }
    }
    return again;
  }

  private List<SeatCall> alone(SeatCall call) {
    for (var attempt = 1; ; attempt++) {
      try {
        return tryTogether(List.of(call));
      } catch (SQLException e) {
        if (!SqlFailures.isRace(e) || attempt == ATTEMPTS) {
          fail(List.of(call), SqlFailures.unavailable(e));
          return List.of();
        }
      } catch (LedgerUnavailableException e) {
        fail(List.of(call), e);
        return List.of();
      }
    }
  }

  /**
   * Runs and commits one transaction.
   *
   * @throws SQLException where nothing happened
   * @throws LedgerUnavailableException where it is not known whether the commit happened
   */
  private BatchPlan transaction(List<SeatCall> batch) throws SQLException {
    var committed = Optional.<BatchPlan>empty();
    try (var connection = connections.connection()) {
      var plan = new SeatTransaction(connection, tenantId, batch).run(false);
      if (plan.isEmpty()) {
        connection.rollback();
        plan = new SeatTransaction(connection, tenantId, batch).run(true);
      }
      commit(connection);
      committed = plan;
    } catch (SQLException e) {
      // Giving the connection back may fail too, and must not look as if nothing happened.
      if (committed.isEmpty()) {
        throw e;
      }
    }
    return committed.orElseThrow();
  }

  private static void commit(Connection connection) {
    try {
      connection.commit();
    } catch (SQLException e) {
      throw new LedgerUnavailableException("Whether the commit happened is not known", e);
    }
  }

  /** The transaction is durable: nothing that it answered may be tried again. */
  private List<SeatCall> conclude(BatchPlan plan) {
    plan.answers().forEach(Runnable::run);
    var again = new ArrayList<>(plan.again());
    again.addAll(confirm(plan.refused()));
    return again;
  }

  /**
   * A seat that was passed over because somebody was at it may be free: only a plain read says that
   * a pool is full.
   */
  private List<SeatCall> confirm(List<SeatCall.Grant> refused) {
    var again = new ArrayList<SeatCall>();
    var byPool = refused.stream().collect(groupingBy(grant -> grant.request().poolId()));
    byPool.forEach(
        (poolId, grants) -> {
          try {
            var wait = connections.transaction(c -> sql(c).untilFirstLeaseEnds(poolId));
            wait.map(GrantOutcome.PoolFull::new)
                .ifPresentOrElse(
                    full -> grants.forEach(grant -> grant.reply().with(full).run()),
                    () -> again.addAll(grants));
          } catch (LedgerUnavailableException e) {
            fail(grants, e);
          }
        });
    return again;
  }

  private SeatSql sql(Connection connection) {
    return new SeatSql(connection, tenantId);
  }

  private static void fail(List<? extends SeatCall> batch, LedgerUnavailableException reason) {
    LOG.atWarn().addKeyValue("calls", batch.size()).log(reason.getMessage());
    batch.forEach(call -> call.reply().fail(reason));
  }
}
