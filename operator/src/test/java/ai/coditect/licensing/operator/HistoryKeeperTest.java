package ai.coditect.licensing.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.coditect.licensing.operator.fakes.TestingRegistry;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class HistoryKeeperTest {

  private static final Duration RETENTION = Duration.ofDays(400);

  private final TestingRegistry registry = new TestingRegistry();

  @Test
  void historyIsKeptAtTheStartForAsLongAsWasSet() {
    try (var _ = HistoryKeeper.start(registry, RETENTION)) {
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
}
