package ai.coditect.licensing.tokens;

/** What a {@link SeatVerifier} says of a statement. */
public sealed interface StatementVerdict {

  /** A pinned root signed the statement and its time is now. */
  record Valid(KeyStatement statement) implements StatementVerdict {}

  /**
   * The statement proves nothing.
   *
   * @param reason the first check that failed
   * @param detail for people; repeats nothing of what was received
   */
  record Invalid(Reason reason, String detail) implements StatementVerdict {}
}
