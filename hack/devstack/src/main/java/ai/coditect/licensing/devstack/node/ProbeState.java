package ai.coditect.licensing.devstack.node;

/**
 * What a probe has said so far. A verdict changes only after as many equal answers in a row as its
 * threshold asks for.
 *
 * @param verdict what holds now
 * @param lastAnswer the answer that the current run is made of
 * @param run how many equal answers came in a row
 */
record ProbeState(
    int successThreshold, int failureThreshold, Verdict verdict, boolean lastAnswer, int run) {

  enum Verdict {
    UNDECIDED,
    PASSING,
    FAILING
  }

  static ProbeState undecided(int successThreshold, int failureThreshold) {
    return new ProbeState(successThreshold, failureThreshold, Verdict.UNDECIDED, false, 0);
  }

  ProbeState after(boolean answer) {
    int length = answer == lastAnswer ? run + 1 : 1;
    boolean decides = length >= (answer ? successThreshold : failureThreshold);
    Verdict next = decides ? verdictOf(answer) : verdict;
    return new ProbeState(successThreshold, failureThreshold, next, answer, length);
  }

  private static Verdict verdictOf(boolean answer) {
    return answer ? Verdict.PASSING : Verdict.FAILING;
  }
}
