package ai.coditect.licensing.api.callers;

/** Whether a caller may acquire. */
public sealed interface CallerResult {

  /** It may. */
  record Admitted() implements CallerResult {}

  /**
   * It may not.
   *
   * @param detail for people
   */
  record Refused(String detail) implements CallerResult {}

  /** Nobody can tell now: its token's issuer is away and was never read. */
  record IssuerUnavailable() implements CallerResult {}
}
