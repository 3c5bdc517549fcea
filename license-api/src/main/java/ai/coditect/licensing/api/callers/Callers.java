package ai.coditect.licensing.api.callers;

import java.util.Optional;

/** Decides who may call, by one set of rules. */
final class Callers {

  private static final int MAX_TOKEN_LENGTH = 8 * 1024;

  private final boolean bareLicenseKeyAllowed;
  private final BearerTokens tokens;

  Callers(boolean bareLicenseKeyAllowed, BearerTokens tokens) {
    this.bareLicenseKeyAllowed = bareLicenseKeyAllowed;
    this.tokens = tokens;
  }

  /**
   * Admits a caller by its {@code Authorization} header. A bearer token is checked wherever one is
   * sent: a caller that shows a bad one has a defect that it should learn of.
   */
  CallerResult admit(Optional<String> authorization) {
    if (authorization.isEmpty()) {
      return bareLicenseKeyAllowed
          ? new CallerResult.Admitted(Caller.WITHOUT_TOKEN)
          : new CallerResult.Refused("Send a bearer token of one of the tenant's issuers.");
    }
    Optional<String> token = authorization.flatMap(AuthorizationHeader::bearer);
    if (token.isEmpty()) {
      return new CallerResult.Refused("Authorization must be of the form: Bearer <token>.");
    }
    if (token.get().isEmpty() || token.get().length() > MAX_TOKEN_LENGTH) {
      return new CallerResult.Refused("The bearer token is empty or too long.");
    }
    return tokens.check(token.get());
  }
}
