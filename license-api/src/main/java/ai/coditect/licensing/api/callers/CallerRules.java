package ai.coditect.licensing.api.callers;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Who may call a tenant's API, as the operator writes it into the ledger: the Tenant's {@code
 * spec.auth}, and the cluster whose pods may be holders.
 *
 * @param bareLicenseKey {@code Allowed}: a licence key alone acquires, and a session's id alone
 *     keeps it
 * @param cluster null where the operator could not read the cluster's keys
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record CallerRules(String bareLicenseKey, List<Issuer> issuers, Cluster cluster) {

  /** A value that this version does not know opens nothing. */
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.READ_UNKNOWN_ENUM_VALUES_AS_NULL).build();

  CallerRules {
    issuers = issuers == null ? List.of() : List.copyOf(issuers);
  }

  /**
   * Reads what the operator wrote.
   *
   * @throws IllegalArgumentException where it is something else
   */
  static CallerRules parse(String json) {
    try {
      return Optional.ofNullable(JSON.readValue(json, CallerRules.class))
          .orElseThrow(() -> new IllegalArgumentException("No rules of who may call"));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("Not the rules of who may call", e);
    }
  }

  boolean isBareLicenseKeyAllowed() {
    return "Allowed".equals(bareLicenseKey);
  }

  /**
   * An OIDC issuer whose tokens are accepted.
   *
   * @param issuer {@code iss}, and where its discovery document is found
   * @param audience {@code aud} must name it
   * @param tenantClaim what tells the tenant's tokens from others of the issuer; null where all are
   *     the tenant's
   * @param roles null where every bearer is a holder
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Issuer(String issuer, String audience, ClaimValue tenantClaim, List<Grant> roles) {

    Optional<List<Grant>> grants() {
      return Optional.ofNullable(roles).filter(named -> !named.isEmpty());
    }
  }

  /** What a claim must be. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record ClaimValue(String claim, String value) {}

  /**
   * Gives a role to each token whose claim has one of these values.
   *
   * @param role null where this version does not know it
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Grant(GrantedRole role, String claim, List<String> values) {}

  /** {@link Role} as a Tenant's spec calls it. */
  enum GrantedRole {
    Holder(Role.HOLDER),
    Viewer(Role.VIEWER),
    Admin(Role.ADMIN);

    private final Role role;

    GrantedRole(Role role) {
      this.role = role;
    }

    Role role() {
      return role;
    }
  }

  /**
   * A Kubernetes cluster, which signs its pods' tokens.
   *
   * @param keys its JWK Set
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Cluster(String issuer, JsonNode keys) {

    Cluster {
      Objects.requireNonNull(issuer, "issuer");
      Objects.requireNonNull(keys, "keys");
    }
  }
}
