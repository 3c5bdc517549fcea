package ai.coditect.licensing.api.callers;

import java.util.Optional;

/** The header by which callers say who they are (RFC 6750). */
public final class AuthorizationHeader {

  private static final String SCHEME = "bearer ";

  private AuthorizationHeader() {}

  /** The bearer token, maybe empty; absent where the header is of another scheme. */
  public static Optional<String> bearer(String header) {
    return header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        ? Optional.of(header.substring(SCHEME.length()).strip())
        : Optional.empty();
  }
}
