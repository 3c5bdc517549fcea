package ai.coditect.licensing.api.callers;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;
import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Checks bearer tokens of the tenant's OIDC issuers. A token that was accepted is remembered for a
 * minute at most, never past its end: verifying costs more than everything else in a request.
 */
public final class BearerTokens {

  private static final Duration MEMORY = Duration.ofMinutes(1);
  private static final int MAX_REMEMBERED = 10_000;

  private final Map<String, TrustedIssuer> issuers;
  private final Clock clock;
  private final Cache<String, Accepted> accepted;

  public BearerTokens(List<TrustedIssuer> issuers, Clock clock, Ticker ticker) {
    this.issuers =
        issuers.stream()
            .collect(Collectors.toUnmodifiableMap(TrustedIssuer::name, Function.identity()));
    this.clock = clock;
    this.accepted =
        Caffeine.newBuilder()
            .ticker(ticker)
            .maximumSize(MAX_REMEMBERED)
            .expireAfter(Expiry.<String, Accepted>writing((token, known) -> memory(known.end())))
            .build();
  }

  CallerResult check(String token) {
    Accepted known = accepted.getIfPresent(token);
    if (known != null && clock.instant().isBefore(known.end())) {
      return new CallerResult.Admitted(known.principal());
    }
    return verify(token);
  }

  private CallerResult verify(String token) {
    SignedJWT jwt;
    TrustedIssuer issuer;
    try {
      jwt = SignedJWT.parse(token);
      String name = jwt.getJWTClaimsSet().getIssuer();
      issuer = name == null ? null : issuers.get(name);
    } catch (ParseException | RuntimeException e) {
      // The parser fails unchecked where a header is null; whatever it fails at is no token.
      return new CallerResult.Refused("The bearer token is not a signed JWT.");
    }
    if (issuer == null) {
      return new CallerResult.Refused("The bearer token's issuer is not one of the tenant's.");
    }
    return switch (issuer.verify(jwt)) {
      case TrustedIssuer.Verdict.Accepted(String subject, Instant end) -> {
        // No issuer is a URL with a space in it, so no two pairs read the same.
        String principal = issuer.name() + " " + subject;
        accepted.put(token, new Accepted(principal, end));
        yield new CallerResult.Admitted(principal);
      }
      case TrustedIssuer.Verdict.Rejected() ->
          new CallerResult.Refused(
              "The bearer token's signature, audience or time is not accepted.");
      case TrustedIssuer.Verdict.NoKeys() -> new CallerResult.IssuerUnavailable();
    };
  }

  private Duration memory(Instant end) {
    Duration remaining = Duration.between(clock.instant(), end);
    return remaining.compareTo(MEMORY) < 0 ? remaining : MEMORY;
  }

  private record Accepted(String principal, Instant end) {}
}
