package ai.coditect.licensing.api.callers;

/** Whether somebody may call. */
public sealed interface CallerResult {

  /** It may do what its roles allow. */
  record Admitted(Caller caller) implements CallerResult {}

  /**
   * It may not.
   *
   * @param detail for people
   */
  record Refused(String detail) implements CallerResult {}

  /**
   * Nobody can tell now.
   *
   * @param detail for people
   */
  record Unavailable(String detail) implements CallerResult {}
}
