package ai.coditect.licensing.stores.seats;

import ai.coditect.licensing.stores.waits.Timeouts;
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

  /** As it does. */
  final class RealTime implements Waiting {

    @Override
    public long nanoTime() {
      return System.nanoTime();
    }

    @Override
    public <T> T get(CompletableFuture<T> answer, Duration atMost)
        throws InterruptedException, ExecutionException, TimeoutException {
      return Timeouts.get(answer, atMost);
    }
  }
}
