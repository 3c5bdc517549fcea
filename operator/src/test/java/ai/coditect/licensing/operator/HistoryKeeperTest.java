package ai.coditect.licensing.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.coditect.licensing.operator.fakes.TestingRegistry;
import ai.coditect.licensing.operator.leadership.Term;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class HistoryKeeperTest {

  private static final Duration RETENTION = Duration.ofDays(400);

  private static final Set<Thread.State> WAITS_OR_IS_OVER =
      EnumSet.of(Thread.State.TIMED_WAITING, Thread.State.TERMINATED);

  private final TestingRegistry registry = new TestingRegistry();

  @Test
  void historyIsKeptAtTheStartForAsLongAsWasSet() {
    try (var _ = HistoryKeeper.start(registry, RETENTION, Term.unlimited())) {
      await().until(() -> registry.historyKept().contains(RETENTION));
    }
  }

  @Test
  void itIsKeptEachHour() {
    assertThat(HistoryKeeper.attempt(registry, RETENTION)).isEqualTo(Duration.ofHours(1));
  }

  @Test
  void whereTheLedgerIsAwayItIsTriedAgainSoon() {
    registry.outage.begin();
    assertThat(HistoryKeeper.attempt(registry, RETENTION)).isEqualTo(Duration.ofMinutes(1));
  }

  @Test
  void whoeverClosesItWaitsForTheRunThatIsUnderWay() throws Exception {
    var goesOn = new CountDownLatch(1);
    var order = new CopyOnWriteArrayList<String>();
    registry.whileKeepingHistory =
        () -> {
          hold(goesOn);
          order.add("run");
        };
    var keeper = HistoryKeeper.start(registry, RETENTION, Term.unlimited());
    await().until(() -> !registry.historyKept().isEmpty());

    var closer =
        Thread.ofPlatform()
            .start(
                () -> {
                  keeper.close();
                  order.add("closed");
                });
    await().until(() -> WAITS_OR_IS_OVER.contains(closer.getState()));
    goesOn.countDown();
    closer.join();

    assertThat(order).containsExactly("run", "closed");
  }

  private static void hold(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
