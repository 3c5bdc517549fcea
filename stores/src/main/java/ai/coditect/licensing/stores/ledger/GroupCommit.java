package ai.coditect.licensing.stores.ledger;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A few writers, each of which takes what waits and answers it in one transaction: callers share
 * two round trips and a flush to disk.
 */
final class GroupCommit implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(GroupCommit.class);

  private static final int BATCH = 200;
  private static final int CAPACITY = 20_000;
  private static final Duration DRAIN = Duration.ofSeconds(5);

  /** Lets whoever is in the way get on before the same calls are tried again. */
  private static final Duration PAUSE = Duration.ofMillis(5);

  private final BatchWriter writer;
  private final CallLine line = new CallLine(CAPACITY);
  private final List<Thread> writers = new ArrayList<>();

  GroupCommit(SeatTransactions transactions, TimeOrderedIds ids, int writers) {
    this.writer = new BatchWriter(transactions, ids);
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
    var unanswered = new Unanswered();
    try {
      unanswered = answer(batch);
    } finally {
      line.done(batch, unanswered);
    }
    if (unanswered.size() == batch.size()) {
      Thread.sleep(PAUSE);
    }
  }

  /** A writer outlives whatever goes wrong: nobody would begin another. */
  private Unanswered answer(List<SeatCall> batch) {
    try {
      return writer.answer(batch);
    } catch (RuntimeException | Error e) {
      LOG.atError().setCause(e).log("A batch failed in an unforeseen way");
      var reason = new LedgerUnavailableException("The ledger failed", e);
      batch.forEach(call -> call.reply().fail(reason));
      return new Unanswered();
    }
  }
}
