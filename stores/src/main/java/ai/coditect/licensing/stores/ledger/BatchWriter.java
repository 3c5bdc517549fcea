package ai.coditect.licensing.stores.ledger;

import static java.util.stream.Collectors.groupingBy;

import ai.coditect.licensing.stores.ledger.SeatStatements.FullPool;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers the calls of a batch in one transaction, or each in its own where one spoils it. */
final class BatchWriter {

  private static final Logger LOG = LoggerFactory.getLogger(BatchWriter.class);

  private static final int ATTEMPTS = 5;

  /** As often a batch of several calls may lose against another transaction. */
  private static final int RACES = 3;

  private final SeatTransactions transactions;
  private final TimeOrderedIds ids;

  BatchWriter(SeatTransactions transactions, TimeOrderedIds ids) {
    this.transactions = transactions;
    this.ids = ids;
  }

  /** Answers every call of the batch or returns it. */
  Unanswered answer(List<SeatCall> batch) {
    var unanswered = new Unanswered();
    var wasPutOff = batch.stream().anyMatch(call -> call.reply().wasPutOff());
    together(new Batch(batch, PoolLock.SHARED, wasPutOff), unanswered);
    return unanswered;
  }

  /** Whoever was in their way may be for a while. */
  private static void putOff(List<? extends SeatCall> calls, Unanswered unanswered) {
    calls.forEach(call -> call.reply().putOff());
    unanswered.last().addAll(calls);
  }

  /** Of a call by itself: its turn comes again, as long as its caller waits. */
  private static boolean isLostRace(Batch batch, Exception reason) {
    return batch.calls().size() == 1
        && reason instanceof SQLException sql
        && SqlFailures.isRace(sql);
  }

  private void together(Batch batch, Unanswered unanswered) {
    BatchPlan plan;
    try {
      plan = committed(batch);
    } catch (SQLException | RuntimeException e) {
      recover(batch, e, unanswered);
      return;
    }
    conclude(plan, unanswered);
  }

  /** Nothing was written. */
  private void recover(Batch batch, Exception reason, Unanswered unanswered) {
    if (SqlFailures.isLockTimeout(reason) && batch.canBeWary()) {
      together(batch.wary(), unanswered);
    } else if (isLostRace(batch, reason) || SqlFailures.isTimeout(reason)) {
      // More transactions at once would lose again, or only add to what Postgres has to do.
      putOff(batch.calls(), unanswered);
    } else if (batch.calls().size() > 1 && SqlFailures.isOfARow(reason)) {
      LOG.atDebug().addKeyValue("calls", batch.calls().size()).setCause(reason).log("Row by row");
      batch.calls().forEach(call -> together(batch.of(List.of(call)), unanswered));
    } else {
      fail(batch.calls(), reason);
    }
  }

  /**
   * Runs the transaction, again where it died or lost a race; what its callers no longer wait for
   * is left out. A connection that died before the commit has done nothing, and after a restart of
   * Postgres all that lay in the pool are dead. A batch that loses one race after the other is
   * better parted.
   */
  private BatchPlan committed(Batch first) throws SQLException {
    var batch = first;
    for (var attempt = 1; ; attempt++) {
      var present = batch.of(batch.present());
      if (present.calls().isEmpty()) {
        return new BatchPlan();
      }
      try {
        return transaction(present);
      } catch (SQLException e) {
        var mayHelp =
            SqlFailures.isConnectionLost(e)
                || (SqlFailures.isRace(e) && (batch.calls().size() == 1 || attempt < RACES));
        if (!mayHelp || attempt == ATTEMPTS) {
          throw e;
        }
        batch = SqlFailures.isRace(e) && batch.canBeWary() ? batch.wary() : batch;
      }
    }
  }

  /**
   * Runs and commits one transaction.
   *
   * @throws SQLException where nothing happened
   * @throws LedgerUnavailableException where it is not known whether the commit happened
   */
  private BatchPlan transaction(Batch batch) throws SQLException {
    var committed = Optional.<BatchPlan>empty();
    try (var open = transactions.begin()) {
      var plan =
          new SeatTransaction(open.statements(), ids, batch.calls())
              .run(batch.lock(), batch.isWary());
      if (batch.present().isEmpty()) {
        return new BatchPlan();
      }
      open.commit(plan);
      committed = Optional.of(plan);
    } catch (SQLException e) {
      // Giving the connection back may fail too, and must not look as if nothing happened.
      if (committed.isEmpty()) {
        throw e;
      }
    }
    return committed.orElseThrow();
  }

  /** The transaction is durable: nothing that it answered may be tried again. */
  private void conclude(BatchPlan plan, Unanswered unanswered) {
    plan.answers().forEach(Runnable::run);
    unanswered.first().addAll(plan.again());
    putOff(plan.blocked(), unanswered);
    confirm(plan.refused(), unanswered);
    byPool(plan.crowded())
        .forEach((_, grants) -> together(new Batch(grants, PoolLock.EXCLUSIVE, false), unanswered));
  }

  /**
   * A seat that was passed over because somebody was at it may be free, or be the applicant's own
   * by now: only a plain read says that a pool is full.
   */
  private void confirm(List<SeatCall.Grant> refused, Unanswered unanswered) {
    byPool(refused).forEach((poolId, grants) -> confirm(poolId, grants, unanswered));
  }

  private void confirm(String poolId, List<SeatCall.Grant> grants, Unanswered unanswered) {
    try {
      var holders = grants.stream().map(grant -> grant.request().holder()).toList();
      transactions
          .full(poolId, holders)
          .ifPresentOrElse(
              full -> grants.forEach(grant -> refuse(grant, full, unanswered)),
              () -> unanswered.first().addAll(grants));
    } catch (LedgerUnavailableException e) {
      fail(grants, e);
    }
  }

  private static void refuse(SeatCall.Grant grant, FullPool pool, Unanswered unanswered) {
    if (pool.holders().contains(grant.request().holder())) {
      unanswered.first().add(grant);
    } else {
      grant.reply().with(new GrantOutcome.PoolFull(pool.untilFirstLeaseEnds())).run();
    }
  }

  private static Map<String, List<SeatCall.Grant>> byPool(List<SeatCall.Grant> grants) {
    return grants.stream().collect(groupingBy(grant -> grant.request().poolId()));
  }

  private static void fail(List<? extends SeatCall> batch, Exception reason) {
    var told = SqlFailures.unavailable(reason);
    var log =
        told.getCause() instanceof RuntimeException ? LOG.atError().setCause(reason) : LOG.atWarn();
    log.addKeyValue("calls", batch.size()).log(told.getMessage());
    batch.forEach(call -> call.reply().fail(told));
  }

  /**
   * What one transaction shall answer.
   *
   * @param lock what it takes on the pools
   * @param isWary see {@link SeatTransaction#run}
   */
  private record Batch(List<? extends SeatCall> calls, PoolLock lock, boolean isWary) {

    /** The same for some of the calls. */
    Batch of(List<? extends SeatCall> some) {
      return new Batch(some, lock, isWary);
    }

    /** Whether locking slots beforehand would tell who is held up and who is not. */
    boolean canBeWary() {
      return !isWary && lock == PoolLock.SHARED;
    }

    Batch wary() {
      return new Batch(calls, lock, true);
    }

    /** Those whose callers still wait. */
    List<? extends SeatCall> present() {
      return calls.stream().filter(call -> !call.reply().isOverdue()).toList();
    }
  }
}
