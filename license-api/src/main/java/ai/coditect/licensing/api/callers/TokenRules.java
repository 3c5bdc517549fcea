package ai.coditect.licensing.api.callers;

import ai.coditect.licensing.api.callers.CallerRules.ClaimValue;
import ai.coditect.licensing.api.callers.CallerRules.Grant;
import com.nimbusds.jwt.JWTClaimsSet;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What an issuer's token, once it is known to be genuine, says of its bearer. */
sealed interface TokenRules {

  /** Who the bearer is. */
  CallerResult read(JWTClaimsSet claims);

  /** No issuer is a URL with a space in it, so no two pairs read the same. */
  private static String principal(JWTClaimsSet claims) {
    return claims.getIssuer() + " " + claims.getSubject();
  }

  /**
   * An OIDC issuer's.
   *
   * @param grants empty where every bearer is a holder
   */
  record Oidc(Optional<ClaimValue> tenant, Optional<List<Grant>> grants) implements TokenRules {

    @Override
    public CallerResult read(JWTClaimsSet set) {
      Claims claims = new Claims(set);
      if (tenant.filter(wanted -> !isOf(claims, wanted)).isPresent()) {
        return new CallerResult.Refused("The bearer token is not of this tenant.");
      }
      Caller caller = new Caller(TokenRules.principal(set), roles(claims), Optional.empty());
      return new CallerResult.Admitted(caller);
    }

    private static boolean isOf(Claims claims, ClaimValue tenant) {
      return claims.hasOneOf(tenant.claim(), List.of(tenant.value()));
    }

    private Set<Role> roles(Claims claims) {
      if (grants.isEmpty()) {
        return Set.of(Role.HOLDER);
      }
      Set<Role> roles = EnumSet.noneOf(Role.class);
      grants.get().stream()
          .filter(grant -> grant.role() != null)
          .filter(grant -> claims.hasOneOf(grant.claim(), grant.values()))
          .forEach(grant -> roles.add(grant.role().role()));
      return roles;
    }
  }

  /**
   * A Kubernetes cluster's, by which a pod is itself the holder. The claims are those of
   * https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin.
   */
  record PodOfCluster() implements TokenRules {

    @Override
    public CallerResult read(JWTClaimsSet set) {
      Claims claims = new Claims(set);
      Pod pod =
          new Pod(
              claims.text("/kubernetes.io/namespace"),
              claims.text("/kubernetes.io/serviceaccount/name"),
              claims.text("/kubernetes.io/pod/uid"));
      if (pod.namespace().isEmpty() || pod.serviceAccount().isEmpty() || pod.uid().isEmpty()) {
        return new CallerResult.Refused(
            "The service account's token is of no pod: mount it as a projected volume.");
      }
      return new CallerResult.Admitted(
          new Caller(TokenRules.principal(set), Set.of(Role.HOLDER), Optional.of(pod)));
    }
  }
}
