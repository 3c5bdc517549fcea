package ai.coditect.licensing.tokens;

/** What a {@link SeatVerifier} says of a token. */
public sealed interface Verdict {

  /** The token is genuine and its time is now. */
  record Valid(SeatToken token) implements Verdict {}

  /**
   * The token proves nothing.
   *
   * @param reason the first check that failed
   * @param detail for people; repeats nothing of what was received
   */
  record Invalid(Reason reason, String detail) implements Verdict {}
}
