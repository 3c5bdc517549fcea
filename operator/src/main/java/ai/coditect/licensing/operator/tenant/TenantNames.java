package ai.coditect.licensing.operator.tenant;

import ai.coditect.licensing.crds.Tenant;
import ai.coditect.licensing.crds.TenantSpec.Edge;
import ai.coditect.licensing.operator.children.ChildMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.Map;
import java.util.Optional;

/** Names of what belongs to a tenant. */
final class TenantNames {

  /** The application and its component, as labels carry them. */
  static final String APPLICATION = "license-api";

  static final String COMPONENT = "api";

  static final int HTTP_PORT = 8080;
  static final int METRICS_PORT = 9090;

  /** Where a pod says whether it can serve. */
  static final String READY_PATH = "/api/v1/health/ready";

  private TenantNames() {}

  /** Every child but the ConfigMap of the root. */
  static String api(Tenant tenant) {
    return tenant.getMetadata().getName() + "-license-api";
  }

  /** Of every child but the ConfigMap of the root. */
  static ObjectMeta metadata(Tenant tenant) {
    return ChildMetadata.of(tenant, api(tenant), APPLICATION, COMPONENT);
  }

  /** The labels that pick the tenant's pods. */
  static Map<String, String> identity(Tenant tenant) {
    return ChildMetadata.identity(tenant, APPLICATION, COMPONENT);
  }

  /** The ConfigMap with the root's public half. */
  static String root(Tenant tenant) {
    return tenant.getMetadata().getName() + "-root";
  }

  /** The ConfigMap that outlives the tenant. */
  static String lastRevocations(Tenant tenant) {
    return tenant.getMetadata().getName() + "-last-revocations";
  }

  /** The root key in Cloud KMS. */
  static String rootKey(Tenant tenant) {
    return "tenant-" + tenant.tenantId();
  }

  /** Where programs inside the cluster reach the API. */
  static String endpoint(Tenant tenant) {
    return "http://%s.%s.svc:%d"
        .formatted(api(tenant), tenant.getMetadata().getNamespace(), HTTP_PORT);
  }

  /** Where programs outside the cluster reach the API; empty where no edge is wished. */
  static Optional<String> publicEndpoint(Tenant tenant) {
    var api = tenant.getSpec().api();
    return api.edge() == Edge.None ? Optional.empty() : Optional.of("https://" + api.hostName());
  }
}
