package ai.coditect.licensing.stores.ledger;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Where calls wait for a writer. Bounded, and two calls that share a key are never out at the same
 * time, so one batch has one call for each holder, session and named slot.
 */
final class CallLine {

  /** Longer than a batch takes, unless something is wrong. */
  private static final Duration WHILE_ANOTHER_IS_OUT = Duration.ofMillis(10);

  /** Enough for a batch of their own. */
  private static final int MANY = 100;

  private final int capacity;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /** Woken less often: not for each call. */
  private final Condition enough = lock.newCondition();

  private final Deque<SeatCall> waiting = new ArrayDeque<>();
  private final Set<Object> busy = new HashSet<>();
  private int batchesOut;
  private boolean isClosed;

  CallLine(int capacity) {
    this.capacity = capacity;
  }

  /**
   * Waits for a writer.
   *
   * @throws LedgerUnavailableException where too many wait, or after {@link #close}
   */
  void join(SeatCall call) {
    lock.lock();
    try {
      if (isClosed) {
        throw new LedgerUnavailableException("The ledger is closed", null);
      }
      if (waiting.size() >= capacity) {
        throw new LedgerUnavailableException("Too many calls wait for the ledger", null);
      }
      waiting.add(call);
      changed.signal();
      if (waiting.size() == MANY) {
        enough.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for calls and takes as many as may run together; empty when closed and drained.
   *
   * <p>While another batch is out, few calls wait a moment: that batch is done by then, or held up.
   * Half as many transactions, each of twice as many calls, cost a third less.
   */
  List<SeatCall> take(int atMost) throws InterruptedException {
    lock.lock();
    try {
      var patience = WHILE_ANOTHER_IS_OUT.toNanos();
      while (true) {
        var isWorthIt = batchesOut == 0 || waiting.size() >= MANY || patience <= 0;
        var batch = isWorthIt ? collect(atMost) : List.<SeatCall>of();
        if (!batch.isEmpty() || (isClosed && waiting.isEmpty())) {
          return batch;
        }
        if (waiting.isEmpty() || isWorthIt) {
          changed.await();
          patience = WHILE_ANOTHER_IS_OUT.toNanos();
        } else {
          patience = enough.awaitNanos(patience);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** As {@link #take}, without waiting: empty where no call may run now. */
  List<SeatCall> poll(int atMost) {
    lock.lock();
    try {
      return collect(atMost);
    } finally {
      lock.unlock();
    }
  }

  /** Ends the calls' turn; those that were not answered wait on. */
  void done(List<SeatCall> batch, Unanswered unanswered) {
    lock.lock();
    try {
      for (var call : batch) {
        busy.removeAll(call.keys());
      }
      batchesOut--;
      putFirst(unanswered.first());
      waiting.addAll(unanswered.last());
      changed.signalAll();
      enough.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Takes no more calls; those that wait are still served. */
  void close() {
    lock.lock();
    try {
      isClosed = true;
      changed.signalAll();
      enough.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private List<SeatCall> collect(int atMost) {
    var batch = new ArrayList<SeatCall>();
    var blocked = new ArrayList<SeatCall>();
    while (!waiting.isEmpty() && batch.size() < atMost) {
      var call = waiting.remove();
      if (call.reply().isOverdue()) {
        // Its caller has left.
        continue;
      }
      var keys = call.keys();
      if (keys.stream().anyMatch(busy::contains)) {
        blocked.add(call);
      } else {
        busy.addAll(keys);
        batch.add(call);
      }
    }
    putFirst(blocked);
    batchesOut += batch.isEmpty() ? 0 : 1;
    return batch;
  }

  private void putFirst(List<SeatCall> calls) {
    calls.reversed().forEach(waiting::addFirst);
  }
}
