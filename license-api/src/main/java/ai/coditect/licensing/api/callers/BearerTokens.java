package ai.coditect.licensing.api.callers;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;
import com.nimbusds.jwt.JWTClaimsSet;
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
 * Checks bearer tokens of the issuers that the tenant trusts. A token that was accepted is
 * remembered for a minute at most, never past its end: verifying costs more than everything else in
 * a request.
 */
final class BearerTokens {

  private static final Duration MEMORY = Duration.ofMinutes(1);
  private static final int MAX_REMEMBERED = 10_000;

  private final Map<String, Trust> issuers;
  private final Clock clock;
  private final Cache<String, Accepted> accepted;

  /**
   * @param issuers of different names
   */
  BearerTokens(List<Trust> issuers, Clock clock, Ticker ticker) {
    this.issuers =
        issuers.stream()
            .collect(
                Collectors.toUnmodifiableMap(trust -> trust.issuer().name(), Function.identity()));
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
      return new CallerResult.Admitted(known.caller());
    }
    return verify(token);
  }

  private CallerResult verify(String token) {
    SignedJWT jwt;
    Trust trust;
    try {
      jwt = SignedJWT.parse(token);
      String name = jwt.getJWTClaimsSet().getIssuer();
      trust = name == null ? null : issuers.get(name);
    } catch (ParseException | RuntimeException e) {
      // The parser fails unchecked where a header is null; whatever it fails at is no token.
      return new CallerResult.Refused("The bearer token is not a signed JWT.");
    }
    if (trust == null) {
      return new CallerResult.Refused("The bearer token's issuer is not one of the tenant's.");
    }
    return switch (trust.issuer().verify(jwt)) {
      case TrustedIssuer.Verdict.Accepted(JWTClaimsSet claims, Instant end) ->
          remembered(token, trust.rules().read(claims), end);
      case TrustedIssuer.Verdict.Rejected() ->
          new CallerResult.Refused(
              "The bearer token's signature, audience or time is not accepted.");
      case TrustedIssuer.Verdict.NoKeys() ->
          new CallerResult.Unavailable(
              "The keys of the bearer token's issuer cannot be fetched now.");
    };
  }

  private CallerResult remembered(String token, CallerResult result, Instant end) {
    if (result instanceof CallerResult.Admitted(Caller caller)) {
      accepted.put(token, new Accepted(caller, end));
    }
    return result;
  }

  private Duration memory(Instant end) {
    Duration remaining = Duration.between(clock.instant(), end);
    return remaining.compareTo(MEMORY) < 0 ? remaining : MEMORY;
  }

  /** An issuer, and what its tokens say of their bearers. */
  record Trust(TrustedIssuer issuer, TokenRules rules) {}

  private record Accepted(Caller caller, Instant end) {}
}
