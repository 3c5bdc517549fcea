package ai.coditect.licensing.api.callers;

/** Whether a caller may acquire. */
public sealed interface CallerResult {

  /**
   * It may.
   *
   * @param principal issuer and subject of its bearer token; empty where it showed none
   */
  record Admitted(String principal) implements CallerResult {}

  /**
   * It may not.
   *
   * @param detail for people
   */
  record Refused(String detail) implements CallerResult {}

  /** Nobody can tell now: its token's issuer is away and was never read. */
  record IssuerUnavailable() implements CallerResult {}
}
