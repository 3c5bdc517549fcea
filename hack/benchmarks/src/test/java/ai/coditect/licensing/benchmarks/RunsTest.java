package ai.coditect.licensing.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RunsTest {

  @Test
  void theRunInTheMiddleIsTold() {
    Runs runs = runs(run(3_000, 10), run(9_000, 30), run(4_000, 20));

    assertThat(runs.median(Run::pairsPerSecond)).isEqualTo(4_000);
    assertThat(runs.acquireMillis(99)).isEqualTo(20, within(0.1));
  }

  @Test
  void processorTimeIsOfAllRuns() {
    Runs runs = runs(run(1_000, 10), run(3_000, 10));

    assertThat(runs.cpu().microsPer(runs.pairs()))
        .isEqualTo("500 (load 50, server 300, Postgres 100, Redis 50; Java's compiler 25 more)");
  }

  @Test
  void failuresOfAllRunsAreAddedUp() {
    Runs warmUp = runs(failing("acquire 503 ledger-unavailable", 2));
    Runs measured = runs(failing("acquire 503 ledger-unavailable", 3), failing("release 404", 1));

    assertThat(Runs.failures(warmUp, measured))
        .isEqualTo(Map.of("acquire 503 ledger-unavailable", 5L, "release 404", 1L));
  }

  private static Runs runs(Run... all) {
    Runs runs = new Runs();
    List.of(all).forEach(runs::add);
    return runs;
  }

  private static Run failing(String what, long times) {
    Tally tally = new Tally();
    for (long i = 0; i < times; i++) {
      tally.failed(what);
    }
    return new Run(Duration.ofSeconds(1), tally, CpuTimes.NONE);
  }

  private static Run run(int pairs, int millis) {
    Tally tally = new Tally();
    for (int i = 0; i < pairs; i++) {
      tally.timed(Caller.ACQUIRE, Duration.ofMillis(millis).toNanos());
      tally.timed(Caller.RELEASE, Duration.ofMillis(millis).toNanos());
    }
    CpuTimes cpu =
        new CpuTimes(
            Duration.ofNanos(pairs * 50_000L),
            Duration.ofNanos(pairs * 300_000L),
            Duration.ofNanos(pairs * 25_000L),
            Duration.ofNanos(pairs * 100_000L),
            Duration.ofNanos(pairs * 50_000L));
    return new Run(Duration.ofSeconds(1), tally, cpu);
  }
}
