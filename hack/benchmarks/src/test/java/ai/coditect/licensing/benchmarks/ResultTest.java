package ai.coditect.licensing.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class ResultTest {

  @Test
  void aRowTellsMediansOfRunsAndTheSlowestOfProcesses() {
    Result result =
        new Result(
            100,
            run(1, 1),
            List.of(run(3_000, 10), run(9_000, 30), run(4_000, 20)),
            List.of(Duration.ofMillis(1_500), Duration.ofMillis(1_900)),
            List.of(Duration.ofMillis(2_500), Duration.ofMillis(2_400)),
            List.of(180_000_000L, 200_000_000L),
            List.of(250_000_000L, 240_000_000L),
            Duration.ofSeconds(16));

    assertThat(result.markdownRow().strip())
        .isEqualTo(
            "| 2 | 100 | 4,000 | 20.0 / 20.0 | 20.0 / 20.0 | 1.9 / 2.5 | 200 / 250 | 1000 |");
  }

  @Test
  void failuresOfTheWarmUpCountToo() {
    Result result =
        new Result(
            1,
            failing("acquire 503 ledger-unavailable", 2),
            List.of(failing("acquire 503 ledger-unavailable", 3), failing("release 404", 1)),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            Duration.ZERO);

    assertThat(result.failures())
        .isEqualTo(Map.of("acquire 503 ledger-unavailable", 5L, "release 404", 1L));
  }

  private static Run failing(String what, long times) {
    return new Run(Duration.ofSeconds(1), Caller.empty(), Caller.empty(), Map.of(what, times));
  }

  private static Run run(int pairs, int millis) {
    Histogram times = Caller.empty();
    times.recordValueWithCount(millis * 1_000L, pairs);
    return new Run(Duration.ofSeconds(1), times, times, Map.of());
  }
}
