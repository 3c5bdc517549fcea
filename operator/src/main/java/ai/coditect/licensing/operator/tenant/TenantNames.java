package ai.coditect.licensing.operator.tenant;

import ai.coditect.licensing.crds.Tenant;

/** Names of what belongs to a tenant. */
final class TenantNames {

  /** The application and its component, as labels carry them. */
  static final String APPLICATION = "license-api";

  static final String COMPONENT = "api";

  static final int HTTP_PORT = 8080;
  static final int METRICS_PORT = 9090;

  private TenantNames() {}

  /** The Deployment, Service, PodDisruptionBudget, ServiceAccount, ConfigMap and Secret. */
  static String api(Tenant tenant) {
    return tenant.getMetadata().getName() + "-license-api";
  }

  /** The ConfigMap with the root's public half. */
  static String root(Tenant tenant) {
    return tenant.getMetadata().getName() + "-root";
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
}
