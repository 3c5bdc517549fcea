package ai.coditect.licensing.stores.seats;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** How time goes by for calls of the hot path: as it does, or as a simulation has it. */
interface Waiting {

  Waiting REAL = new RealTime();

  /** As {@link System#nanoTime}. */
  long nanoTime();

  /** Waits for the answer, as {@link CompletableFuture#get}. */
  <T> T get(CompletableFuture<T> answer, Duration atMost)
      throws InterruptedException, ExecutionException, TimeoutException;

  /** Has the task run after the delay, and does not wait for it. */
  void after(Duration delay, Runnable task);

  /** As it does. */
  final class RealTime implements Waiting {

    @Override
    public long nanoTime() {
      return System.nanoTime();
    }

    @Override
    public <T> T get(CompletableFuture<T> answer, Duration atMost)
        throws InterruptedException, ExecutionException, TimeoutException {
      return answer.get(atMost.toNanos(), NANOSECONDS);
    }

    @Override
    public void after(Duration delay, Runnable task) {
      CompletableFuture.delayedExecutor(delay.toNanos(), NANOSECONDS).execute(task);
    }
  }
}
