package ai.coditect.licensing.operator.tenant;

import ai.coditect.licensing.crds.Tenant;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * An edge of the Gateway API: a route from somebody's Gateway, and what GKE's load balancers are
 * told of the Service. TLS is the Gateway's.
 *
 * @see <a
 *     href="https://cloud.google.com/kubernetes-engine/docs/how-to/configure-gateway-resources">Configure
 *     Gateway resources using policies</a>
 */
final class EdgeGateway {

  private final Tenant tenant;

  EdgeGateway(Tenant tenant) {
    this.tenant = tenant;
  }

  List<HasMetadata> children() {
    return List.of(healthCheck(), backend(), route());
  }

  private HasMetadata route() {
    var backend = Map.of("name", TenantNames.api(tenant), "port", TenantNames.HTTP_PORT);
    return ForeignKind.HTTP_ROUTE.with(
        TenantNames.metadata(tenant),
        Map.of(
            "parentRefs", List.of(gateway()),
            "hostnames", List.of(tenant.getSpec().api().hostName()),
            "rules", List.of(Map.of("backendRefs", List.of(backend)))));
  }

  private Map<String, Object> gateway() {
    var wished = tenant.getSpec().api().gatewayRef();
    var parent = new TreeMap<String, Object>();
    parent.put("name", wished.name());
    if (wished.namespace() != null) {
      parent.put("namespace", wished.namespace());
    }
    if (wished.sectionName() != null) {
      parent.put("sectionName", wished.sectionName());
    }
    return parent;
  }

  private HasMetadata healthCheck() {
    var http =
        Map.of(
            "portSpecification", "USE_FIXED_PORT",
            "port", TenantNames.HTTP_PORT,
            "requestPath", TenantNames.READY_PATH);
    return ForeignKind.HEALTH_CHECK_POLICY.with(
        TenantNames.metadata(tenant),
        ofService(
            Map.of(
                "checkIntervalSec", EdgeTimes.HEALTH_CHECK_SECONDS,
                "timeoutSec", EdgeTimes.HEALTH_CHECK_SECONDS,
                "config", Map.of("type", "HTTP", "httpHealthCheck", http))));
  }

  private HasMetadata backend() {
    var settings =
        new TreeMap<String, Object>(
            Map.of(
                "timeoutSec",
                EdgeTimes.REQUEST_SECONDS,
                "connectionDraining",
                Map.of("drainingTimeoutSec", EdgeTimes.DRAINING_SECONDS)));
    Optional.ofNullable(tenant.getSpec().api().securityPolicy())
        .ifPresent(policy -> settings.put("securityPolicy", policy));
    return ForeignKind.GCP_BACKEND_POLICY.with(TenantNames.metadata(tenant), ofService(settings));
  }

  private Map<String, Object> ofService(Map<String, Object> settings) {
    return Map.of(
        "default",
        settings,
        "targetRef",
        Map.of("group", "", "kind", "Service", "name", TenantNames.api(tenant)));
  }
}
