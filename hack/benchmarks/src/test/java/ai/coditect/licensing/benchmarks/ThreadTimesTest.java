package ai.coditect.licensing.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ThreadTimesTest {

  @Test
  void whatCompilesIsToldFromWhatRuns() {
    ThreadTimes times =
        new ThreadTimes(
            Map.of(
                "C1 CompilerThre", Duration.ofMillis(10),
                "C2 CompilerThre", Duration.ofMillis(200),
                "VM Thread", Duration.ofMillis(30),
                "ledger-writer-1", Duration.ofMillis(4_000)));

    assertThat(times.compiling()).isEqualTo(Duration.ofMillis(210));
    assertThat(times.collecting()).isEqualTo(Duration.ofMillis(30));
  }

  @Test
  void aProcessThatIsNoMoreUsedNothing() {
    assertThat(ThreadTimes.of(Integer.MAX_VALUE).byName()).isEmpty();
  }
}
