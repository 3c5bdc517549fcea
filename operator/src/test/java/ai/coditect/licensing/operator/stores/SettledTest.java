package ai.coditect.licensing.operator.stores;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SettledTest {

  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

  private final Settled<String> settled = new Settled<>(Duration.ofMinutes(5));

  @Test
  void whatWasToldNeedNotBeToldAgain() {
    settled.tell("uid", "3 seats", NOON);
    assertThat(settled.told("uid", NOON.plusSeconds(239))).contains("3 seats");
  }

  @Test
  void whatWasToldLastCounts() {
    settled.tell("uid", "3 seats", NOON);
    settled.tell("uid", "4 seats", NOON);
    assertThat(settled.told("uid", NOON)).contains("4 seats");
  }

  @Test
  void nothingWasToldOfAnotherResource() {
    settled.tell("uid", "3 seats", NOON);
    assertThat(settled.told("other", NOON)).isEmpty();
  }

  @Test
  void everythingIsToldAgainAtTheEarliestResync() {
    settled.tell("uid", "3 seats", NOON);
    assertThat(settled.told("uid", NOON.plusSeconds(270))).isEmpty();
  }

  @Test
  void whatIsForgottenIsToldAgain() {
    settled.tell("uid", "3 seats", NOON);
    settled.forget("uid");
    assertThat(settled.told("uid", NOON)).isEmpty();
  }
}
