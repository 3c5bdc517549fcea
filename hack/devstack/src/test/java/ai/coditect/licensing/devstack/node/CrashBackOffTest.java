package ai.coditect.licensing.devstack.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CrashBackOffTest {

  @Test
  void doublesUpToFiveMinutes() {
    assertThat(Stream.iterate(CrashBackOff.first(), CrashBackOff::doubled).limit(12))
        .extracting(backOff -> backOff.next().toSeconds())
        .containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 64L, 128L, 256L, 300L, 300L, 300L);
  }

  @Test
  void staysAfterAShortRun() {
    CrashBackOff third = CrashBackOff.first().doubled().doubled();
    assertThat(third.afterRunOf(Duration.ofMinutes(9))).isEqualTo(third);
  }

  @Test
  void beginsAnewAfterALongRun() {
    CrashBackOff third = CrashBackOff.first().doubled().doubled();
    assertThat(third.afterRunOf(Duration.ofMinutes(10))).isEqualTo(CrashBackOff.first());
  }
}
