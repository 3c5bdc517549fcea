package ai.coditect.licensing.operator.tenant;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.javaoperatorsdk.operator.processing.GroupVersionKind;
import java.util.Map;

/** Kinds of an edge that a cluster may or may not have. */
enum ForeignKind {
  /** GKE: gets and renews a certificate for a DNS name. */
  MANAGED_CERTIFICATE("networking.gke.io", "v1", "ManagedCertificate"),
  /** GKE: how the load balancer of an Ingress speaks to a Service. */
  BACKEND_CONFIG("cloud.google.com", "v1", "BackendConfig"),
  /** GKE: how the load balancer of an Ingress speaks to clients. */
  FRONTEND_CONFIG("networking.gke.io", "v1beta1", "FrontendConfig"),
  /** Gateway API: which requests of a Gateway go to a Service. */
  HTTP_ROUTE("gateway.networking.k8s.io", "v1", "HTTPRoute"),
  /** GKE: how a Gateway's load balancer finds out which pods can serve. */
  HEALTH_CHECK_POLICY("networking.gke.io", "v1", "HealthCheckPolicy"),
  /** GKE: how a Gateway's load balancer speaks to a Service. */
  GCP_BACKEND_POLICY("networking.gke.io", "v1", "GCPBackendPolicy");

  private final String group;
  private final String version;
  private final String kind;

  ForeignKind(String group, String version, String kind) {
    this.group = group;
    this.version = version;
    this.kind = kind;
  }

  /** Whether the edge serves without it: what only Google's Gateways read. */
  boolean isOptional() {
    return this == HEALTH_CHECK_POLICY || this == GCP_BACKEND_POLICY;
  }

  GroupVersionKind groupVersionKind() {
    return new GroupVersionKind(group, version, kind);
  }

  String apiVersion() {
    return group + "/" + version;
  }

  String kind() {
    return kind;
  }

  GenericKubernetesResource with(ObjectMeta metadata, Map<String, Object> spec) {
    return new GenericKubernetesResourceBuilder()
        .withApiVersion(apiVersion())
        .withKind(kind)
        .withMetadata(metadata)
        .addToAdditionalProperties("spec", spec)
        .build();
  }

  boolean isOf(HasMetadata resource) {
    return apiVersion().equals(resource.getApiVersion()) && kind.equals(resource.getKind());
  }

  /** As a message names it. */
  @Override
  public String toString() {
    return "%s (%s)".formatted(kind, apiVersion());
  }
}
