package ai.coditect.licensing.operator.leadership;

/** Something was to be written outside the term in which this process may write. */
public final class NotLeadingException extends RuntimeException {

  private static final long serialVersionUID = 1;

  NotLeadingException() {
    super("This operator does not lead: nothing is written");
  }
}
