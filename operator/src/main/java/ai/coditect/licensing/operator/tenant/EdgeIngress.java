package ai.coditect.licensing.operator.tenant;

import ai.coditect.licensing.crds.Tenant;
import ai.coditect.licensing.crds.TenantSpec.Edge;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.IngressBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * An edge of GKE's Ingress: TLS with a managed certificate, HTTP sent on to HTTPS, health checks
 * that go to the pods themselves.
 *
 * @see <a
 *     href="https://cloud.google.com/kubernetes-engine/docs/how-to/ingress-configuration">Ingress
 *     configuration on Google Cloud</a>
 */
final class EdgeIngress {

  private static final String CLASS = "kubernetes.io/ingress.class";
  private static final String ADDRESS = "kubernetes.io/ingress.global-static-ip-name";
  private static final String CERTIFICATES = "networking.gke.io/managed-certificates";
  private static final String FRONTEND = "networking.gke.io/v1beta1.FrontendConfig";
  private static final String BACKEND = "cloud.google.com/backend-config";
  private static final String CONTAINER_NATIVE = "cloud.google.com/neg";

  private final Tenant tenant;

  EdgeIngress(Tenant tenant) {
    this.tenant = tenant;
  }

  /** What GKE's load balancer reads from the Service, and nobody else. */
  static Map<String, String> serviceAnnotations(Tenant tenant) {
    return tenant.getSpec().api().edge() == Edge.Ingress
        ? Map.of(
            BACKEND,
            "{\"default\":\"%s\"}".formatted(TenantNames.api(tenant)),
            CONTAINER_NATIVE,
            "{\"ingress\":true}")
        : Map.of();
  }

  List<HasMetadata> children() {
    return List.of(certificate(), backend(), frontend(), ingress());
  }

  private HasMetadata certificate() {
    return ForeignKind.MANAGED_CERTIFICATE.with(
        TenantNames.metadata(tenant),
        Map.of("domains", List.of(tenant.getSpec().api().hostName())));
  }

  private HasMetadata backend() {
    var settings =
        new TreeMap<String, Object>(
            Map.of(
                "timeoutSec", EdgeTimes.REQUEST_SECONDS,
                "connectionDraining", Map.of("drainingTimeoutSec", EdgeTimes.DRAINING_SECONDS),
                "healthCheck", healthCheck()));
    Optional.ofNullable(tenant.getSpec().api().securityPolicy())
        .ifPresent(policy -> settings.put("securityPolicy", Map.of("name", policy)));
    return ForeignKind.BACKEND_CONFIG.with(TenantNames.metadata(tenant), settings);
  }

  private static Map<String, Object> healthCheck() {
    return Map.of(
        "type", "HTTP",
        "port", TenantNames.HTTP_PORT,
        "requestPath", TenantNames.READY_PATH,
        "checkIntervalSec", EdgeTimes.HEALTH_CHECK_SECONDS,
        "timeoutSec", EdgeTimes.HEALTH_CHECK_SECONDS);
  }

  private HasMetadata frontend() {
    var settings =
        new TreeMap<String, Object>(
            Map.of(
                "redirectToHttps",
                Map.of("enabled", true, "responseCodeName", "PERMANENT_REDIRECT")));
    Optional.ofNullable(tenant.getSpec().api().ingress())
        .map(ingress -> ingress.sslPolicy())
        .ifPresent(policy -> settings.put("sslPolicy", policy));
    return ForeignKind.FRONTEND_CONFIG.with(TenantNames.metadata(tenant), settings);
  }

  private Ingress ingress() {
    return new IngressBuilder()
        .withMetadata(TenantNames.metadata(tenant))
        .editMetadata()
        .withAnnotations(annotations())
        .endMetadata()
        .withNewSpec()
        .addNewRule()
        .withHost(tenant.getSpec().api().hostName())
        .withNewHttp()
        .addNewPath()
        .withPath("/")
        .withPathType("Prefix")
        .withNewBackend()
        .withNewService()
        .withName(TenantNames.api(tenant))
        .withNewPort()
        .withName("http")
        .endPort()
        .endService()
        .endBackend()
        .endPath()
        .endHttp()
        .endRule()
        .endSpec()
        .build();
  }

  private Map<String, String> annotations() {
    var name = TenantNames.api(tenant);
    // GKE reads the class from the annotation alone.
    var annotations = new TreeMap<>(Map.of(CLASS, "gce", CERTIFICATES, name, FRONTEND, name));
    Optional.ofNullable(tenant.getSpec().api().ingress())
        .map(ingress -> ingress.addressName())
        .ifPresent(address -> annotations.put(ADDRESS, address));
    return annotations;
  }
}
