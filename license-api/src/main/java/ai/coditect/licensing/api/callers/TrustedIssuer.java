package ai.coditect.licensing.api.callers;

import ai.coditect.licensing.api.bounds.BoundedWarning;
import com.github.benmanes.caffeine.cache.Ticker;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.jwk.source.JWKSetSource;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWT;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An issuer whose tokens, for one audience, are accepted. */
final class TrustedIssuer {

  private static final Logger LOG = LoggerFactory.getLogger(TrustedIssuer.class);
  private static final Set<JWSAlgorithm> ALGORITHMS =
      Set.of(JWSAlgorithm.RS256, JWSAlgorithm.ES256);

  /** Nimbus allows two fetches in such a time. */
  private static final Pace PACE =
      new Pace(
          Duration.ofMinutes(15),
          Duration.ofSeconds(5),
          Duration.ofMinutes(3),
          Duration.ofMinutes(1),
          Duration.ofHours(6));

  private static final int CLOCK_SKEW_SECONDS = 30;

  private static final JWKSelector ANY_KEY = new JWKSelector(new JWKMatcher.Builder().build());

  private final String name;
  private final JWKSource<SecurityContext> keys;
  private final DefaultJWTProcessor<SecurityContext> processor;
  private final BoundedWarning noKeys;

  private TrustedIssuer(
      String name,
      JWKSource<SecurityContext> keys,
      DefaultJWTProcessor<SecurityContext> processor) {
    this.name = name;
    this.keys = keys;
    this.processor = processor;
    this.noKeys =
        new BoundedWarning(
            LOG, "Keys of the issuer " + name + " cannot be fetched", Ticker.systemTicker());
  }

  /**
   * An issuer whose keys come from this source: kept for minutes, renewed ahead of their end, not
   * fetched more often than is polite, and used on for hours while the issuer is away.
   *
   * @param name {@code iss}
   * @param audience {@code aud} must name it
   */
  static TrustedIssuer of(String name, String audience, JWKSetSource<SecurityContext> source) {
    return of(name, audience, source, PACE);
  }

  static TrustedIssuer of(
      String name, String audience, JWKSetSource<SecurityContext> source, Pace pace) {
    JWKSource<SecurityContext> keys =
        JWKSourceBuilder.create(source)
            .cache(pace.keysLive().toMillis(), pace.refreshWait().toMillis())
            .refreshAheadCache(pace.refreshAhead().toMillis(), false)
            .rateLimited(pace.twoFetches().toMillis())
            .retrying(true)
            .outageTolerant(pace.outage().toMillis())
            .build();
    return new TrustedIssuer(name, keys, processor(name, audience, keys));
  }

  /** An issuer whose keys are known beforehand. */
  static TrustedIssuer of(String name, String audience, JWKSet keys) {
    JWKSource<SecurityContext> source = new ImmutableJWKSet<>(keys);
    return new TrustedIssuer(name, source, processor(name, audience, source));
  }

  /**
   * Fetches the keys, so that the first caller need not wait; an issuer that is away is no harm.
   */
  void prefetch() {
    hasKeys();
  }

  String name() {
    return name;
  }

  Verdict verify(JWT token) {
    try {
      JWTClaimsSet claims = processor.process(token, null);
      return new Verdict.Accepted(claims, claims.getExpirationTime().toInstant());
    } catch (RateLimitReachedException e) {
      // The token names a key that a fetch of a moment ago did not bring.
      return hasKeys() ? new Verdict.Rejected() : new Verdict.NoKeys();
    } catch (KeySourceException e) {
      noKeys.because(e);
      return new Verdict.NoKeys();
    } catch (BadJOSEException | JOSEException e) {
      LOG.atDebug()
          .addKeyValue("issuer", name)
          .addKeyValue("cause", e.toString())
          .log("Bearer token rejected");
      return new Verdict.Rejected();
    }
  }

  /** Whether any keys are known; fetches them where none are. */
  private boolean hasKeys() {
    try {
      keys.get(ANY_KEY, null);
      return true;
    } catch (KeySourceException e) {
      noKeys.because(e);
      return false;
    }
  }

  private static DefaultJWTProcessor<SecurityContext> processor(
      String name, String audience, JWKSource<SecurityContext> keys) {
    DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
    processor.setJWSTypeVerifier(
        new DefaultJOSEObjectTypeVerifier<>(
            JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), null));
    processor.setJWSKeySelector(new JWSVerificationKeySelector<>(ALGORITHMS, keys));
    DefaultJWTClaimsVerifier<SecurityContext> claims =
        new DefaultJWTClaimsVerifier<>(
            audience, new JWTClaimsSet.Builder().issuer(name).build(), Set.of("sub", "exp"));
    claims.setMaxClockSkew(CLOCK_SKEW_SECONDS);
    processor.setJWTClaimsSetVerifier(claims);
    return processor;
  }

  /**
   * How often keys are fetched.
   *
   * @param keysLive how long they are used before they are fetched again
   * @param refreshWait how long callers wait for a fetch at most
   * @param refreshAhead how long before that end
   * @param twoFetches in which no more than two fetches are made, whatever tokens name
   * @param outage how long they are used while they cannot be fetched
   */
  record Pace(
      Duration keysLive,
      Duration refreshWait,
      Duration refreshAhead,
      Duration twoFetches,
      Duration outage) {}

  /** What became of a check. */
  sealed interface Verdict {

    /** The token is good until then. */
    record Accepted(JWTClaimsSet claims, Instant end) implements Verdict {}

    /** The token is not the issuer's, not for the audience, or not of this time. */
    record Rejected() implements Verdict {}

    /** The issuer's keys cannot be had. */
    record NoKeys() implements Verdict {}
  }
}
