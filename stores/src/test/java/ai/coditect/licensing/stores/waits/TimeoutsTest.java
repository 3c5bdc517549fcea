package ai.coditect.licensing.stores.waits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
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
  }
}
