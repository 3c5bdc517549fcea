package ai.coditect.licensing.operator.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SettledTest {

  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

  private final Settled settled = new Settled(Duration.ofMinutes(5));

  @Test
  void whatWasToldNeedNotBeToldAgain() {
    settled.told("uid", "3 seats", NOON);
    assertThat(settled.isTold("uid", "3 seats", NOON.plusSeconds(299))).isTrue();
  }

  @Test
  void anotherWishIsTold() {
    settled.told("uid", "3 seats", NOON);
    assertThat(settled.isTold("uid", "4 seats", NOON)).isFalse();
  }

  @Test
  void anotherPoolIsTold() {
    settled.told("uid", "3 seats", NOON);
    assertThat(settled.isTold("other", "3 seats", NOON)).isFalse();
  }

  @Test
  void everythingIsToldAgainAfterAResync() {
    settled.told("uid", "3 seats", NOON);
    assertThat(settled.isTold("uid", "3 seats", NOON.plusSeconds(300))).isFalse();
  }

  @Test
  void whatIsForgottenIsToldAgain() {
    settled.told("uid", "3 seats", NOON);
    settled.forget("uid");
    assertThat(settled.isTold("uid", "3 seats", NOON)).isFalse();
  }
}
