package ai.coditect.licensing.api.callers;

import java.util.Locale;
import java.util.Optional;

/** Decides who may call, by one set of rules. */
final class Callers {

  private static final String SCHEME = "bearer ";
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
    String header = authorization.get();
    if (!header.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
      return new CallerResult.Refused("Authorization must be of the form: Bearer <token>.");
    }
    String token = header.substring(SCHEME.length()).strip();
    if (token.isEmpty() || token.length() > MAX_TOKEN_LENGTH) {
      return new CallerResult.Refused("The bearer token is empty or too long.");
    }
    return tokens.check(token);
  }
}
