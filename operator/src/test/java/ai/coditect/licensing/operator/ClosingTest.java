package ai.coditect.licensing.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What hangs when the process ends holds up neither the rest nor the end. */
class ClosingTest {

  private static final Duration LIMIT = Duration.ofMillis(200);

  private final CountDownLatch closed = new CountDownLatch(1);

  @Test
  @Timeout(30)
  void whatHangsIsNotWaitedFor() throws InterruptedException {
    Closing.within(LIMIT, new CountDownLatch(1)::await, closed::countDown);
    closed.await();
  }

  @Test
  @Timeout(30)
  void whatFailsKeepsNothingElseOpen() {
    Closing.within(Duration.ofMinutes(1), ClosingTest::fail, closed::countDown);
    assertThat(closed.getCount()).isZero();
  }

  private static void fail() {
    throw new IllegalStateException("Not closed");
  }
}
