package ai.coditect.licensing.stores.keys;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.stores.keys.RootRotation.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class RootRotationTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration OVERLAP = Duration.ofDays(30);
  private static final Version FIRST = version(1, START);

  @Test
  void theFirstSignsWithoutAnOverlap() {
    RootRotation rotation = RootRotation.of(List.of(FIRST), OVERLAP, START);

    assertThat(rotation.signing()).isEqualTo(FIRST);
    assertThat(rotation.changesAt(START)).isEmpty();
    assertThat(rotation.ended(START)).isEmpty();
  }

  @Test
  void aSecondSignsOnceItsOverlapHasPassed() {
    Version second = version(2, START.plus(Duration.ofDays(100)));
    Instant from = second.generatedAt().plus(OVERLAP);

    assertThat(at(from.minusNanos(1), FIRST, second).signing()).isEqualTo(FIRST);
    assertThat(at(from.minusNanos(1), FIRST, second).changesAt(from.minusNanos(1))).contains(from);
    assertThat(at(from, FIRST, second).signing()).isEqualTo(second);
  }

  @Test
  void aThirdMadeMeanwhileHastensNeither() {
    Version second = version(2, START.plus(Duration.ofDays(100)));
    Version third = version(3, START.plus(Duration.ofDays(110)));

    RootRotation rotation = at(third.generatedAt(), FIRST, second, third);

    assertThat(rotation.signing()).isEqualTo(FIRST);
    assertThat(rotation.next()).containsExactly(second, third);
    assertThat(at(second.generatedAt().plus(OVERLAP), FIRST, second, third).signing())
        .isEqualTo(second);
  }

  @Test
  void thoseThatSignedBeforeEndOnlyWhenTheirStatementsHave() {
    Version second = version(2, START.plus(Duration.ofDays(100)));
    Instant end = second.generatedAt().plus(OVERLAP).plus(RootRotation.BELIEVED_AFTERWARDS);

    assertThat(at(end.minusNanos(1), FIRST, second).ended(end.minusNanos(1))).isEmpty();
    assertThat(at(end, FIRST, second).ended(end)).containsExactly(FIRST);
    assertThat(at(end, FIRST, second).changesAt(end)).isEmpty();
  }

  @Test
  void anOverlapTakenBackTurnsAtOnce() {
    Version second = version(2, START.plus(Duration.ofDays(100)));

    assertThat(
            RootRotation.of(List.of(FIRST, second), Duration.ZERO, second.generatedAt()).signing())
        .isEqualTo(second);
  }

  @Test
  void whereTheFirstIsDisabledTheNextOldestSigns() {
    Version second = version(2, START);
    Version third = version(3, START);

    assertThat(at(START, third, second).signing()).isEqualTo(second);
  }

  private static RootRotation at(Instant now, Version... enabled) {
    return RootRotation.of(List.of(enabled), OVERLAP, now);
  }

  private static Version version(int number, Instant generatedAt) {
    return new Version(number, "v" + number, generatedAt);
  }
}
