package ai.coditect.licensing.tokens;

/** What a {@link SeatVerifier} says of a revocation list. */
public sealed interface RevocationVerdict {

  /** The list is genuine, its time is now, and no later one was seen. */
  record Valid(RevocationList list) implements RevocationVerdict {}

  /**
   * The list proves nothing; nothing is said of any token.
   *
   * @param reason the first check that failed
   * @param detail for people; repeats nothing of what was received
   */
  record Invalid(Reason reason, String detail) implements RevocationVerdict {}
}
