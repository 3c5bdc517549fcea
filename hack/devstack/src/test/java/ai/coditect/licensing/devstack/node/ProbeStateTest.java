package ai.coditect.licensing.devstack.node;

import static ai.coditect.licensing.devstack.node.ProbeState.Verdict.FAILING;
import static ai.coditect.licensing.devstack.node.ProbeState.Verdict.PASSING;
import static ai.coditect.licensing.devstack.node.ProbeState.Verdict.UNDECIDED;
import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.devstack.node.ProbeState.Verdict;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProbeStateTest {

  @Test
  void isUndecidedUntilAThresholdIsReached() {
    assertThat(verdicts(2, 3, "bb+b+")).containsOnly(UNDECIDED);
  }

  @Test
  void passesAfterEnoughGoodAnswersInARow() {
    assertThat(verdicts(2, 3, "+b++")).containsExactly(UNDECIDED, UNDECIDED, UNDECIDED, PASSING);
  }

  @Test
  void failsAfterEnoughBadAnswersInARow() {
    assertThat(verdicts(1, 3, "+bb+bbb"))
        .containsExactly(PASSING, PASSING, PASSING, PASSING, PASSING, PASSING, FAILING);
  }

  @Test
  void recovers() {
    assertThat(verdicts(2, 1, "++b++"))
        .containsExactly(UNDECIDED, PASSING, FAILING, FAILING, PASSING);
  }

  @Test
  void countsTheFirstAnswerOnce() {
    assertThat(verdicts(1, 2, "bb")).containsExactly(UNDECIDED, FAILING);
  }

  /** What holds after each answer: + good, b bad. */
  private static List<Verdict> verdicts(int successes, int failures, String answers) {
    List<Verdict> verdicts = new ArrayList<>();
    ProbeState state = ProbeState.undecided(successes, failures);
    for (int i = 0; i < answers.length(); i++) {
      state = state.after(answers.charAt(i) == '+');
      verdicts.add(state.verdict());
    }
    return verdicts;
  }
}
