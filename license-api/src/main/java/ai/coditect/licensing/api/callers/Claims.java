package ai.coditect.licensing.api.callers;

import com.nimbusds.jwt.JWTClaimsSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Finds claims of a token by name, or by JSON pointer (RFC 6901) where the name begins with a
 * slash: {@code /firebase/tenant}.
 */
final class Claims {

  private static final Set<String> EMAIL = Set.of("email", "/email");

  private final JWTClaimsSet claims;

  Claims(JWTClaimsSet claims) {
    this.claims = claims;
  }

  /**
   * Whether the claim is one of these texts, or a list that holds one. An address that its bearer
   * did not prove to have is nobody's.
   */
  boolean hasOneOf(String claim, List<String> wanted) {
    return (!EMAIL.contains(claim) || Boolean.TRUE.equals(claims.getClaim("email_verified")))
        && texts(find(claim)).anyMatch(wanted::contains);
  }

  /** The claim's text; empty where it has none. */
  String text(String claim) {
    return find(claim) instanceof String text ? text : "";
  }

  private Object find(String claim) {
    if (!claim.startsWith("/")) {
      return claims.getClaim(claim);
    }
    Object found = claims.getClaims();
    for (String step : claim.substring(1).split("/", -1)) {
      String name = step.replace("~1", "/").replace("~0", "~");
      found = found instanceof Map<?, ?> members ? members.get(name) : null;
    }
    return found;
  }

  private static Stream<String> texts(Object claim) {
    Stream<?> values = claim instanceof List<?> list ? list.stream() : Stream.ofNullable(claim);
    return values.filter(String.class::isInstance).map(Objects::toString);
  }
}
