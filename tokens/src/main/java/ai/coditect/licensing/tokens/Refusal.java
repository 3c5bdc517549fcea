package ai.coditect.licensing.tokens;

/**
 * Leaves a verification at its first failed check. Its detail never repeats what was received, so
 * it can be logged.
 */
final class Refusal extends Exception {

  private final Reason reason;

  Refusal(Reason reason, String detail) {
    super(detail, null, false, false);
    this.reason = reason;
  }

  Reason reason() {
    return reason;
  }

  String detail() {
    return getMessage();
  }
}
