package ai.coditect.licensing.api.callers;

import ai.coditect.licensing.api.callers.BearerTokens.Trust;
import com.github.benmanes.caffeine.cache.Ticker;
import com.nimbusds.jose.jwk.JWKSet;
import java.text.ParseException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * Makes deciders of rules. An issuer that was trusted before keeps the keys that were fetched of
 * it, however the rest of the rules changes.
 */
public final class Trusts {

  private final String tenantId;
  private final Executor background;
  private final Clock clock;
  private final Ticker ticker;
  private Map<IssuerName, TrustedIssuer> known = Map.of();

  /**
   * @param background fetches a new issuer's keys, so that the first caller need not wait
   */
  public Trusts(String tenantId, Executor background, Clock clock, Ticker ticker) {
    this.tenantId = tenantId;
    this.background = background;
    this.clock = clock;
    this.ticker = ticker;
  }

  /**
   * Who may call by these rules.
   *
   * @throws IllegalArgumentException where the cluster's keys are no JWK Set
   */
  Callers callers(CallerRules rules) {
    Map<IssuerName, TrustedIssuer> issuers = new HashMap<>();
    List<Trust> trusts = new ArrayList<>();
    for (CallerRules.Issuer issuer : rules.issuers()) {
      IssuerName name = new IssuerName(issuer.issuer(), issuer.audience());
      TrustedIssuer trusted =
          Optional.ofNullable(known.get(name)).orElseGet(() -> discovered(name));
      issuers.put(name, trusted);
      trusts.add(new Trust(trusted, rulesOf(issuer)));
    }
    Optional.ofNullable(rules.cluster())
        .filter(
            cluster -> rules.issuers().stream().noneMatch(i -> i.issuer().equals(cluster.issuer())))
        .ifPresent(
            cluster -> trusts.add(new Trust(ofCluster(cluster), new TokenRules.PodOfCluster())));
    known = issuers;
    return new Callers(rules.isBareLicenseKeyAllowed(), new BearerTokens(trusts, clock, ticker));
  }

  private TrustedIssuer discovered(IssuerName name) {
    TrustedIssuer issuer =
        TrustedIssuer.of(name.issuer(), name.audience(), new DiscoveredKeys(name.issuer()));
    background.execute(issuer::prefetch);
    return issuer;
  }

  private static TokenRules rulesOf(CallerRules.Issuer issuer) {
    return new TokenRules.Oidc(Optional.ofNullable(issuer.tenantClaim()), issuer.grants());
  }

  /** Its pods ask for tokens that are for this tenant alone. */
  private TrustedIssuer ofCluster(CallerRules.Cluster cluster) {
    try {
      return TrustedIssuer.of(
          cluster.issuer(),
          "urn:coditect:tenant:" + tenantId,
          JWKSet.parse(cluster.keys().toString()));
    } catch (ParseException e) {
      throw new IllegalArgumentException("The cluster's keys are no JWK Set", e);
    }
  }

  private record IssuerName(String issuer, String audience) {}
}
