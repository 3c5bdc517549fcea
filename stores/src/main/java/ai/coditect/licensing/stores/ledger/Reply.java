package ai.coditect.licensing.stores.ledger;

import ai.coditect.licensing.stores.waits.Timeouts;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/** Where a caller waits for what a writer answers: to its deadline, or the next tick after it. */
final class Reply<T> {

  private final CompletableFuture<T> future = new CompletableFuture<>();
  private final LongSupplier nanoTime;
  private final long deadlineNanos;
  private volatile boolean wasPutOff;

  Reply(Duration patience) {
    this(patience, System::nanoTime);
  }

  /**
   * @param nanoTime as {@link System#nanoTime}
   */
  Reply(Duration patience, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.deadlineNanos = nanoTime.getAsLong() + patience.toNanos();
  }

  /** The answer, to be delivered once the transaction it stems from is durable. */
  Runnable with(T answer) {
    return () -> future.complete(answer);
  }

  void fail(LedgerUnavailableException reason) {
    future.completeExceptionally(reason);
  }

  /** Somebody was in the way of what is wanted. */
  void putOff() {
    wasPutOff = true;
  }

  boolean wasPutOff() {
    return wasPutOff;
  }

  /** Whether the caller gives up now: nothing is begun, and nothing committed, for it alone. */
  boolean isOverdue() {
    return remainingNanos() <= 0;
  }

  /** How long the caller still waits; negative where its deadline has passed. */
  Duration remaining() {
    return Duration.ofNanos(remainingNanos());
  }

  /** Whether {@link #await} would not wait. */
  boolean isOver() {
    return future.isDone() || isOverdue();
  }

  T await() {
    try {
      return Timeouts.get(future, remaining());
    } catch (TimeoutException e) {
      throw new LedgerUnavailableException("The ledger did not answer in time", e);
    } catch (ExecutionException e) {
      // Made anew, so that the trace shows the caller and not only the writer.
      throw new LedgerUnavailableException(e.getCause().getMessage(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LedgerUnavailableException("Interrupted while waiting for the ledger", e);
    }
  }

  private long remainingNanos() {
    return deadlineNanos - nanoTime.getAsLong();
  }
}
