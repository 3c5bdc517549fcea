package ai.coditect.licensing.stores.waits;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.netty.util.HashedWheelTimer;
import io.netty.util.Timeout;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/**
 * Bounds how long answers are waited for, to a twentieth of a second.
 *
 * <p>When a virtual thread begins to wait for a limited time, Java wakes another thread to note
 * when that time is over, and again to forget it: for answers that come within milliseconds, half
 * of all the waking there is. A timer wheel is told of both without being woken.
 */
public final class Timeouts {

  private static final Duration TICK = Duration.ofMillis(50);

  static final HashedWheelTimer WHEEL = started();

  private Timeouts() {}

  /**
   * Waits for the answer, as {@link CompletableFuture#get}. One that was waited for in vain has
   * ended by the {@link TimeoutException} that is thrown, as if it had failed by it.
   */
  public static <T> T get(CompletableFuture<T> answer, Duration atMost)
      throws InterruptedException, ExecutionException, TimeoutException {
    if (answer.isDone()) {
      return told(answer);
    }
    if (!atMost.isPositive()) {
      throw new TimeoutException("No time is left to wait");
    }
    var timeout = after(answer, atMost);
    try {
      return told(answer);
    } finally {
      timeout.cancel();
    }
  }

  /**
   * Ends the answer by a {@link TimeoutException} in time, as {@link CompletableFuture#orTimeout}.
   */
  public static <T> CompletableFuture<T> bound(CompletableFuture<T> answer, Duration atMost) {
    var timeout = after(answer, atMost);
    return answer.whenComplete((value, failure) -> timeout.cancel());
  }

  private static <T> T told(CompletableFuture<T> answer)
      throws InterruptedException, ExecutionException, TimeoutException {
    try {
      return answer.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TimeoutException late) {
        throw late;
      }
      throw e;
    }
  }

  private static Timeout after(CompletableFuture<?> answer, Duration atMost) {
    return WHEEL.newTimeout(
        timeout ->
            answer.completeExceptionally(
                new TimeoutException("No answer within " + atMost.toMillis() + " ms")),
        atMost.toNanos(),
        NANOSECONDS);
  }

  private static HashedWheelTimer started() {
    var wheel =
        new HashedWheelTimer(
            Thread.ofPlatform().daemon().name("timeouts").factory(),
            TICK.toMillis(),
            MILLISECONDS,
            64,
            false,
            -1,
            // What follows upon an answer that did not come must not hold up the rest.
            Thread::startVirtualThread);
    // Whoever starts a wheel waits for its thread, and forgets that it was interrupted.
    var wasInterrupted = Thread.interrupted();
    wheel.start();
    if (wasInterrupted) {
      Thread.currentThread().interrupt();
    }
    return wheel;
  }
}
