package ai.coditect.licensing.operator.tenant;

import ai.coditect.licensing.crds.Tenant;
import ai.coditect.licensing.crds.TenantSpec.BareLicenseKey;
import ai.coditect.licensing.crds.TenantSpec.Issuer;
import ai.coditect.licensing.crds.TenantSpec.PodIdentity;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Optional;

/**
 * Who may call a tenant's API, in the form in which its pods read it from the ledger.
 *
 * @param cluster null where the cluster's pods are no holders, or its keys cannot be read
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record CallerRules(
    BareLicenseKey bareLicenseKey, List<Issuer> issuers, ClusterIssuer.Keys cluster) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** What the Tenant wishes. */
  static CallerRules of(Tenant tenant, Optional<ClusterIssuer.Keys> cluster) {
    var auth = tenant.getSpec().auth();
    var keys = cluster.filter(_ -> letsPodsAcquire(tenant));
    return new CallerRules(auth.bareLicenseKey(), auth.issuers(), keys.orElse(null));
  }

  /**
   * The cluster's keys in rules that were written before.
   *
   * @param json as {@link #json} writes it
   */
  static Optional<ClusterIssuer.Keys> clusterIn(String json) {
    try {
      var cluster = JSON.readTree(json).path("cluster");
      return Optional.of(cluster)
          .filter(JsonNode::isObject)
          .map(there -> new ClusterIssuer.Keys(there.path("issuer").asText(), there.path("keys")));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("The ledger's rules for callers are no JSON", e);
    }
  }

  static boolean letsPodsAcquire(Tenant tenant) {
    return tenant.getSpec().auth().podIdentity() == PodIdentity.Allowed;
  }

  /** The same text for the same rules. */
  String json() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Texts and JSON cannot be written as JSON", e);
    }
  }
}
