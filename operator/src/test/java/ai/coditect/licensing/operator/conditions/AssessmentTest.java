package ai.coditect.licensing.operator.conditions;

import static ai.coditect.licensing.operator.conditions.ConditionTypes.API_READY;
import static ai.coditect.licensing.operator.conditions.ConditionTypes.KEY_READY;
import static ai.coditect.licensing.operator.conditions.ConditionTypes.LEDGER_READY;
import static ai.coditect.licensing.operator.conditions.ConditionTypes.READY;
import static ai.coditect.licensing.operator.conditions.ConditionTypes.SEATS_READY;
import static ai.coditect.licensing.operator.conditions.ConditionTypes.STALLED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import ai.coditect.licensing.crds.Condition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AssessmentTest {

  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

  private enum Because implements Reason {
    Fine,
    Calm,
    Away,
    Waiting,
    Refused,
    NotTried
  }

  private static final Finding LEDGER_MET = Finding.met(LEDGER_READY, Because.Fine, "ledger");
  private static final Finding LEDGER_AWAY =
      Finding.unavailable(LEDGER_READY, Because.Away, "ledger");
  private static final Finding KEY_REFUSED = Finding.refused(KEY_READY, Because.Refused, "key");
  private static final Finding SEATS_IMPAIRED =
      Finding.impaired(SEATS_READY, Because.Away, "seats");
  private static final Finding API_UNKNOWN = Finding.unknown(API_READY, Because.NotTried, "api");

  @Test
  void isReadyWhereAllIsMet() {
    assertThat(conditions(LEDGER_MET))
        .extracting(Condition::type, Condition::status, Condition::reason)
        .containsExactly(
            tuple(READY, Condition.Status.True, "Fine"),
            tuple(STALLED, Condition.Status.False, "Calm"),
            tuple(LEDGER_READY, Condition.Status.True, "Fine"));
  }

  @Test
  void firstUnmetFindingSaysWhyItIsNotReady() {
    var ready = conditions(LEDGER_MET, KEY_REFUSED, API_UNKNOWN).getFirst();
    assertThat(ready.status()).isEqualTo(Condition.Status.False);
    assertThat(ready.reason()).isEqualTo("Refused");
    assertThat(ready.message()).isEqualTo("key");
  }

  @Test
  void isReadyDespiteWhatItCanDoWithout() {
    assertThat(conditions(LEDGER_MET, SEATS_IMPAIRED))
        .extracting(Condition::type, Condition::status)
        .containsExactly(
            tuple(READY, Condition.Status.True),
            tuple(STALLED, Condition.Status.False),
            tuple(LEDGER_READY, Condition.Status.True),
            tuple(SEATS_READY, Condition.Status.False));
  }

  @Test
  void whatItCanDoWithoutIsTriedAgain() {
    var assessment = assess(LEDGER_MET, SEATS_IMPAIRED);
    assertThat(assessment.retryAfter(assessment.conditions(List.of(), 1, NOON), NOON))
        .contains(Duration.ofSeconds(1));
  }

  @Test
  void isStalledByRefusalEvenIfSomethingElseIsInTheWayBefore() {
    var stalled = conditions(LEDGER_AWAY, KEY_REFUSED).get(1);
    assertThat(stalled.status()).isEqualTo(Condition.Status.True);
    assertThat(stalled.reason()).isEqualTo("Refused");
  }

  @Test
  void findingOfReadyItselfHasNoConditionOfItsOwn() {
    var waiting = Finding.pending(READY, Because.Waiting, "for something");
    assertThat(conditions(waiting, LEDGER_MET))
        .extracting(Condition::type)
        .containsExactly(READY, STALLED, LEDGER_READY);
  }

  @Test
  void timeOfTransitionIsKeptWhileTheStatusStays() {
    var before = assess(LEDGER_AWAY).conditions(List.of(), 1, NOON);
    var later =
        assess(Finding.pending(LEDGER_READY, Because.Waiting, "other words"))
            .conditions(before, 2, NOON.plusSeconds(60));
    assertThat(later).extracting(Condition::lastTransitionTime).containsOnly(NOON);
    assertThat(later).extracting(Condition::observedGeneration).containsOnly(2L);
  }

  @Test
  void timeOfTransitionIsNowWhereTheStatusFlips() {
    var before = assess(LEDGER_AWAY).conditions(List.of(), 1, NOON);
    var later = assess(LEDGER_MET).conditions(before, 1, NOON.plusMillis(60_500));
    assertThat(later.getFirst().lastTransitionTime()).isEqualTo(NOON.plusSeconds(60));
  }

  @Test
  void nothingDiffersWhereTheSameIsFoundAgain() {
    var before = assess(LEDGER_AWAY, KEY_REFUSED).conditions(List.of(), 1, NOON);
    assertThat(assess(LEDGER_AWAY, KEY_REFUSED).conditions(before, 1, NOON.plusSeconds(9)))
        .isEqualTo(before);
  }

  @Test
  void conditionThatNoFindingSpeaksOfStaysAsItWas() {
    var before = assess(LEDGER_MET, KEY_REFUSED).conditions(List.of(), 1, NOON);
    var waiting = Finding.pending(READY, Because.Waiting, "for pools");
    assertThat(assess(waiting).conditions(before, 2, NOON.plusSeconds(9)))
        .contains(before.get(2), before.get(3));
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "1, 1", "10, 5", "60, 30", "600, 300", "86400, 300"})
  void waitGrowsWithTheTimeItHasLastedUpToFiveMinutes(long lastedSeconds, long waitSeconds) {
    var assessment = assess(LEDGER_AWAY);
    var conditions = assessment.conditions(List.of(), 1, NOON);
    assertThat(assessment.retryAfter(conditions, NOON.plusSeconds(lastedSeconds)))
        .contains(Duration.ofSeconds(waitSeconds));
  }

  @Test
  void nothingIsRetriedThatOnlySomebodyElseCanChange() {
    var assessment = assess(LEDGER_MET, KEY_REFUSED, API_UNKNOWN);
    assertThat(assessment.retryAfter(assessment.conditions(List.of(), 1, NOON), NOON)).isEmpty();
  }

  private static List<Condition> conditions(Finding... findings) {
    return assess(findings).conditions(List.of(), 1, NOON);
  }

  private static Assessment assess(Finding... findings) {
    return new Assessment(
        List.of(findings),
        Finding.met(READY, Because.Fine, "ready"),
        Finding.met(STALLED, Because.Calm, "calm"));
  }
}
