package ai.coditect.licensing.stores.ledger;

import ai.coditect.licensing.simulator.Fault;
import ai.coditect.licensing.simulator.Mutant;
import ai.coditect.licensing.stores.ledger.ModelPostgres.Tx;
import ai.coditect.licensing.stores.ledger.SeatStatements.FullPool;
import ai.coditect.licensing.stores.ledger.Sweep.FreedSlot;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** A pod's transactions in {@link ModelPostgres}, over connections that break. */
final class ModelTransactions implements SeatTransactions {

  private static final Duration WAIT_FOR_A_CONNECTION = Duration.ofMillis(800);

  private final ModelPostgres postgres;
  private final Mutant mutant;

  ModelTransactions(ModelPostgres postgres, Mutant mutant) {
    this.postgres = postgres;
    this.mutant = mutant;
  }

  @Override
  public Open begin() throws SQLException {
    postgres.timeline.at("begin");
    if (!postgres.timeline.await(postgres::isUp, WAIT_FOR_A_CONNECTION)) {
      throw new SQLTransientConnectionException("no connection in time", "08001");
    }
    return new Begun(postgres.begin());
  }

  @Override
  public Optional<FullPool> full(String poolId, Collection<String> holders) {
    try (var open = begin()) {
      var full = open.statements().full(poolId, holders);
      open.commit(new BatchPlan());
      return full;
    } catch (SQLException e) {
      throw SqlFailures.unavailable(e);
    }
  }

  /** As {@link SlotSweep}: looks, locks, looks again. */
  Sweep sweep(TimeOrderedIds ids) {
    try (var open = (Begun) begin()) {
      var ended = open.lookForEnded();
      var freed =
          ended.isEmpty() ? List.<FreedSlot>of() : SlotSweep.free(open.statements(), ids, ended);
      open.commit(new BatchPlan());
      return new Sweep(freed, Optional.empty());
    } catch (SQLException e) {
      throw SqlFailures.unavailable(e);
    }
  }

  private final class Begun implements Open {

    private final Tx tx;

    Begun(Tx tx) {
      this.tx = tx;
    }

    /** Nothing where another process sweeps. */
    List<SlotKey> lookForEnded() throws SQLException {
      return new ModelStatements(postgres, tx)
          .statement(
              "look for ended leases",
              () ->
                  tx.lockIfFree("sweep")
                      ? postgres.pools().keySet().stream()
                          .flatMap(pool -> tx.snapshot(pool).stream())
                          .filter(slot -> slot.hasEnded(tx.now()))
                          .map(SeenSlot::key)
                          .toList()
                      : List.of());
    }

    @Override
    public SeatStatements statements() {
      var statements = new ModelStatements(postgres, tx);
      return mutant == Mutant.NONE ? statements : new BrokenStatements(statements, tx, mutant);
    }

    @Override
    public void commit(BatchPlan plan) throws SQLException {
      try {
        statements().write(plan);
        requireInTime(plan);
        commitOrNot();
      } catch (SQLException e) {
        if (SqlFailures.isRefusal(e)) {
          throw e;
        }
        if (mutant != Mutant.TAKE_A_LOST_COMMIT_FOR_DONE) {
          throw new LedgerUnavailableException("Whether the commit happened is not known", e);
        }
      }
    }

    /** Nothing is committed for callers who have left. */
    private void requireInTime(BatchPlan plan) throws SQLException {
      if (plan.commitBefore().filter(end -> !end.isAfter(tx.now())).isPresent()) {
        throw new SQLException("nobody waits any more", "57014");
      }
    }

    /** What is on its way arrives though the process dies meanwhile. */
    private void commitOrNot() throws SQLException {
      postgres.timeline.at("commit");
      postgres.timeline.elsewhere(
          () -> {
            postgres.timeline.pass(postgres.latency());
            if (postgres.strikes(Fault.COMMIT_NEVER_HAPPENED)) {
              tx.lose();
            } else if (postgres.strikes(Fault.COMMIT_HAPPENED_LATE)) {
              commitLater();
              throw new SQLException("no answer", "08006");
            }
            if (!tx.isOpen()) {
              throw new SQLException("connection lost", "08006");
            }
            tx.commit();
            postgres.timeline.note(() -> "committed");
            if (postgres.strikes(Fault.REPLY_TO_COMMIT_LOST)) {
              throw new SQLException("connection lost", "08006");
            }
            return true;
          });
    }

    private void commitLater() {
      tx.works(true);
      var delay = Duration.ofMillis(postgres.random.nextInt(900));
      postgres.timeline.spawn(
          "late commit",
          () -> {
            postgres.timeline.pass(delay);
            tx.works(false);
            if (tx.isOpen()) {
              tx.commit();
              postgres.timeline.note(() -> "committed late");
            }
          });
    }

    /** A process that died says nothing; the server may have to find that out by itself. */
    @Override
    public void close() {
      if (!postgres.timeline.isDying() || postgres.random.nextBoolean()) {
        tx.closedByItsClient();
      }
    }
  }
}
