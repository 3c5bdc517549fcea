package ai.coditect.licensing.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OpenLoopTest {

  private static final Duration LENGTH = Duration.ofMillis(500);
  private static final int PER_SECOND = 200;
  private static final int ALL = 100;

  private ServerSocket listening;

  @BeforeEach
  void listen() throws IOException {
    listening = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void close() throws IOException {
    listening.close();
  }

  @Test
  void everyRequestThatFellDueIsSentOnce() {
    Tally outcome =
        loop(2).run((_, _) -> new OpenLoop.Sent("ping", Optional.empty()), PER_SECOND, LENGTH);

    assertThat(outcome.count("ping")).isEqualTo(ALL);
    assertThat(outcome.failures()).isEmpty();
  }

  @Test
  void whoWaitsBehindASlowAnswerIsChargedForIt() {
    CountDownLatch never = new CountDownLatch(1);
    Tally outcome =
        loop(1)
            .run(
                (_, number) -> {
                  if (number == 0) {
                    await(never, LENGTH);
                  }
                  return new OpenLoop.Sent("ping", Optional.empty());
                },
                PER_SECOND,
                LENGTH);

    // The first one waits for half a second, the one in the middle for half of that.
    assertThat(outcome.millis("ping", 50)).isGreaterThan(LENGTH.toMillis() / 3.0);
  }

  @Test
  void whatFailedIsCountedAndNotTimed() {
    Tally outcome =
        loop(1).run((_, _) -> new OpenLoop.Sent("ping", Optional.of("503")), PER_SECOND, LENGTH);

    assertThat(outcome.failures()).containsEntry("503", (long) ALL);
    assertThat(outcome.count("ping")).isZero();
  }

  private OpenLoop loop(int connections) {
    return new OpenLoop(listening.getLocalPort(), connections);
  }

  private static void await(CountDownLatch latch, Duration patience) {
    try {
      assertThat(latch.await(patience.toMillis(), TimeUnit.MILLISECONDS)).isFalse();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
