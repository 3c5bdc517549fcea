package ai.coditect.licensing.stores.seats;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.stores.seats.SeatIndex.HeldSlot;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class ToldTest {

  private static final long NOW = Long.MAX_VALUE - 5;

  private static final Told GRANTED = held(5, Duration.ofMinutes(1));
  private static final Told RENEWED = held(5, Duration.ofMinutes(2));
  private static final Told GRANTED_AGAIN = held(6, Duration.ofSeconds(30));
  private static final Told FREED = Told.freed(1, 5, NOW);

  @Test
  void theHigherGenerationIsTheLaterWord() {
    assertLater(GRANTED_AGAIN, RENEWED);
    assertLater(GRANTED_AGAIN, FREED);
  }

  @Test
  void ofOneGenerationTheLaterEndIsTheLaterWord() {
    assertLater(RENEWED, GRANTED);
  }

  @Test
  void aSlotThatWasFreedAtAGenerationIsHeldByItNoMore() {
    assertLater(FREED, RENEWED);
  }

  @Test
  void whatRemainsIsCountedWhenItIsWritten() {
    var values = new ArrayList<String>();
    held(5, Duration.ofMinutes(1)).write(values::add, NOW + Duration.ofSeconds(2).toNanos());
    assertThat(values).containsExactly("1", "5", "0123456789abcdef01234567", "58000");
  }

  private static void assertLater(Told later, Told earlier) {
    assertThat(Told.later(later, earlier)).isEqualTo(later);
    assertThat(Told.later(earlier, later)).isEqualTo(later);
  }

  private static Told held(long generation, Duration remaining) {
    return Told.held(
        new HeldSlot(1, generation, "0123456789abcdef0123456789abcdef", remaining), NOW);
  }
}
