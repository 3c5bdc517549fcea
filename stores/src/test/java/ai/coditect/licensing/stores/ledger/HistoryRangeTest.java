package ai.coditect.licensing.stores.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HistoryRangeTest {

  private static final Instant MONDAY = Instant.parse("2026-11-23T00:00:00Z");
  private static final Instant WEDNESDAY = Instant.parse("2026-11-25T09:30:00Z");

  @Test
  void theFirstOneIsTheWeekThatIs() {
    assertThat(HistoryRange.next(Optional.empty(), WEDNESDAY)).contains(weekFrom(MONDAY));
  }

  @Test
  void eachBeginsWhereTheLastOneEnds() {
    assertThat(HistoryRange.next(Optional.of(MONDAY.plus(week(1))), WEDNESDAY))
        .contains(weekFrom(MONDAY.plus(week(1))));
  }

  @Test
  void fourWeeksAheadAreEnough() {
    assertThat(HistoryRange.next(Optional.of(MONDAY.plus(week(4))), WEDNESDAY)).isPresent();
    assertThat(HistoryRange.next(Optional.of(MONDAY.plus(week(5))), WEDNESDAY)).isEmpty();
  }

  @Test
  void afterAGapTheWeekThatIsComesNext() {
    assertThat(HistoryRange.next(Optional.of(MONDAY.minus(week(9))), WEDNESDAY))
        .contains(weekFrom(MONDAY));
  }

  @Test
  void whatHasAnUnevenBeginningEndsWithItsWeek() {
    var ahead = weekFrom(MONDAY).ahead(WEDNESDAY);
    assertThat(ahead.from()).isEqualTo(Instant.parse("2026-11-25T11:00:00Z"));
    assertThat(ahead.to()).isEqualTo(MONDAY.plus(week(1)));
  }

  @Test
  void whatIsAheadOfASundayNightLiesInTheNextWeek() {
    var night = MONDAY.minus(Duration.ofMinutes(10));
    assertThat(weekFrom(MONDAY.minus(week(1))).ahead(night))
        .isEqualTo(new HistoryRange(Instant.parse("2026-11-23T01:00:00Z"), MONDAY.plus(week(1))));
  }

  @Test
  void aNameSaysItsRange() {
    var range = weekFrom(MONDAY).ahead(WEDNESDAY);
    var name = range.nameIn(HistoryTable.SESSIONS);
    assertThat(name).isEqualTo("sessions_20261125h11_20261130h00");
    assertThat(HistoryRange.ofName(name)).isEqualTo(range);
  }

  private static HistoryRange weekFrom(Instant monday) {
    return new HistoryRange(monday, monday.plus(week(1)));
  }

  private static Duration week(int weeks) {
    return Duration.ofDays(7L * weeks);
  }
}
