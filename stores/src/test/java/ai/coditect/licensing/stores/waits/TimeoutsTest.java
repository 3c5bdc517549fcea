package ai.coditect.licensing.stores.waits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class TimeoutsTest {

  private static final Duration SHORT = Duration.ofMillis(60);
  private static final Duration LONG = Duration.ofMinutes(10);

  private final CompletableFuture<String> answer = new CompletableFuture<>();

  @Test
  void anAnswerThatIsThereIsNotWaitedFor() throws Exception {
    answer.complete("yes");
    assertThat(Timeouts.get(answer, Duration.ZERO)).isEqualTo("yes");
  }

  @Test
  void anAnswerThatComesInTimeIsGiven() throws Exception {
    Thread.startVirtualThread(() -> answer.complete("yes"));
    assertThat(Timeouts.get(answer, LONG)).isEqualTo("yes");
    assertNothingIsRemembered();
  }

  @Test
  void anAnswerThatDoesNotComeIsWaitedForAsLongAsWasSaid() {
    var began = System.nanoTime();
    assertThatThrownBy(() -> Timeouts.get(answer, SHORT)).isInstanceOf(TimeoutException.class);
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThanOrEqualTo(SHORT);
    assertThat(answer).as("what comes after that").isCompletedExceptionally();
  }

  @Test
  void whoeverHasNoTimeLeftDoesNotWait() {
    assertThatThrownBy(() -> Timeouts.get(answer, Duration.ofNanos(-1)))
        .isInstanceOf(TimeoutException.class);
    assertThat(answer).as("nobody waited until the wheel ended it").isNotDone();
  }

  @Test
  void whoeverIsInterruptedStopsWaiting() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> Timeouts.get(answer, LONG)).isInstanceOf(InterruptedException.class);
    assertNothingIsRemembered();
  }

  @Test
  void aFailureIsToldAsItIs() {
    answer.completeExceptionally(new IllegalStateException("told to fail"));
    assertThatThrownBy(() -> Timeouts.get(answer, LONG))
        .isInstanceOf(ExecutionException.class)
        .hasRootCauseMessage("told to fail");
  }

  @Test
  void aBoundAnswerEndsInTimeByItself() {
    var bound = Timeouts.bound(answer, SHORT);
    assertThat(catchThrowable(() -> bound.get())).hasCauseInstanceOf(TimeoutException.class);
  }

  @Test
  void aBoundAnswerThatComesInTimeIsLeftAlone() {
    var bound = Timeouts.bound(answer, LONG);
    answer.complete("yes");
    assertThat(bound).isCompletedWithValue("yes");
    assertNothingIsRemembered();
  }

  @Test
  void whatFollowsUponOneAnswerThatDidNotComeHoldsUpNoOther() {
    var never = new CountDownLatch(1);
    var _ =
        Timeouts.bound(answer, SHORT).whenComplete((value, late) -> awaitUninterruptibly(never));
    try {
      assertThat(Timeouts.bound(new CompletableFuture<String>(), SHORT))
          .failsWithin(Duration.ofSeconds(20))
          .withThrowableThat()
          .withCauseInstanceOf(TimeoutException.class);
    } finally {
      never.countDown();
    }
  }

  /** Also after answers of others, who wait for a short time only. */
  private static void assertNothingIsRemembered() {
    await().untilAsserted(() -> assertThat(Timeouts.WHEEL.pendingTimeouts()).isZero());
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
