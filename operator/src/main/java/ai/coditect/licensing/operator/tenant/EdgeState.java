package ai.coditect.licensing.operator.tenant;

import static ai.coditect.licensing.operator.conditions.ConditionTypes.EDGE_READY;

import ai.coditect.licensing.crds.Tenant;
import ai.coditect.licensing.crds.TenantSpec.Edge;
import ai.coditect.licensing.operator.conditions.Finding;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.IngressLoadBalancerIngress;
import io.fabric8.kubernetes.api.model.networking.v1.IngressLoadBalancerStatus;
import io.fabric8.kubernetes.api.model.networking.v1.IngressStatus;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a tenant's edge says of itself. */
final class EdgeState {

  private static final String ACTIVE = "Active";

  /** Conditions of a route; others are of a kind that is False where all is well. */
  private static final Set<String> ANSWERS = Set.of("Accepted", "ResolvedRefs");

  private EdgeState() {}

  /**
   * Sums it up.
   *
   * @param missing kinds that the edge needs and the cluster has not
   * @param children those that could be made, as the cluster has them
   */
  static Finding finding(
      Tenant tenant, List<ForeignKind> missing, Collection<? extends HasMetadata> children) {
    var edge = tenant.getSpec().api().edge();
    if (edge == Edge.None) {
      return Finding.met(EDGE_READY, TenantReason.EdgeNotWished, "spec.api.edge is None");
    }
    var needed = missing.stream().filter(kind -> !kind.isOptional()).toList();
    if (!needed.isEmpty()) {
      return missing(needed);
    }
    return edge == Edge.Ingress ? ingress(children) : route(children, missing);
  }

  private static Finding missing(List<ForeignKind> kinds) {
    return Finding.refused(
        EDGE_READY,
        TenantReason.EdgeKindMissing,
        "This cluster does not have %s: install it, or choose another spec.api.edge"
            .formatted(names(kinds)));
  }

  private static String names(List<ForeignKind> kinds) {
    return kinds.stream().map(ForeignKind::toString).collect(Collectors.joining(", "));
  }

  private static Finding ingress(Collection<? extends HasMetadata> children) {
    var address = children.stream().flatMap(EdgeState::addresses).findFirst();
    if (address.isEmpty()) {
      return starting("The Ingress has no address yet");
    }
    var certificate =
        of(ForeignKind.MANAGED_CERTIFICATE, children)
            .map(there -> there.<String>get("status", "certificateStatus"))
            .orElse("not begun");
    if (!certificate.equals(ACTIVE)) {
      return certificate(certificate, address.get());
    }
    return Finding.met(
        EDGE_READY, TenantReason.EdgeServing, "Served at %s".formatted(address.get()));
  }

  /** As Google names what has become of it. */
  private static Finding certificate(String state, String address) {
    return switch (state) {
      case "RenewalFailed" ->
          Finding.stuck(
              EDGE_READY,
              TenantReason.CertificateFailed,
              "The certificate still serves and cannot be renewed: does the host name point to %s?"
                  .formatted(address));
      case "ProvisioningFailedPermanently", "FailedCaaForbidden" ->
          Finding.refused(
              EDGE_READY,
              TenantReason.CertificateFailed,
              "Google issues no certificate (%s): look at the ManagedCertificate, then delete it to try again"
                  .formatted(state));
      default ->
          Finding.pending(
              EDGE_READY,
              TenantReason.CertificatePending,
              "The certificate is %s: it is issued once the host name points to %s"
                  .formatted(state, address));
    };
  }

  private static Stream<String> addresses(HasMetadata child) {
    return Stream.of(child)
        .filter(Ingress.class::isInstance)
        .map(ingress -> ((Ingress) ingress).getStatus())
        .flatMap(Stream::ofNullable)
        .map(IngressStatus::getLoadBalancer)
        .flatMap(Stream::ofNullable)
        .map(IngressLoadBalancerStatus::getIngress)
        .flatMap(List::stream)
        .map(EdgeState::address);
  }

  private static String address(IngressLoadBalancerIngress balancer) {
    return Optional.ofNullable(balancer.getIp()).orElseGet(balancer::getHostname);
  }

  /** Each Gateway that a route names writes what it thinks of it. */
  private static Finding route(
      Collection<? extends HasMetadata> children, List<ForeignKind> missing) {
    var answers = answers(of(ForeignKind.HTTP_ROUTE, children));
    return answers.stream()
        .filter(answer -> "False".equals(answer.get("status")))
        .findFirst()
        .map(EdgeState::refused)
        .orElseGet(() -> answers.isEmpty() ? unanswered() : accepted(missing));
  }

  /** Of the route as it is now, and of those that say whether it serves. */
  private static List<Map<String, Object>> answers(Optional<GenericKubernetesResource> route) {
    return route.map(there -> there.<List<Map<String, Object>>>get("status", "parents")).stream()
        .flatMap(List::stream)
        .flatMap(parent -> conditions(parent).stream())
        .filter(condition -> ANSWERS.contains(String.valueOf(condition.get("type"))))
        .filter(condition -> isOf(route.orElseThrow(), condition))
        .toList();
  }

  private static boolean isOf(GenericKubernetesResource route, Map<String, Object> condition) {
    var observed = condition.get("observedGeneration");
    return observed == null
        || ((Number) observed).longValue() == route.getMetadata().getGeneration();
  }

  @SuppressWarnings("unchecked")
  private static List<Map<String, Object>> conditions(Map<String, Object> parent) {
    return (List<Map<String, Object>>) parent.getOrDefault("conditions", List.of());
  }

  private static Finding refused(Map<String, Object> condition) {
    if ("Pending".equals(condition.get("reason"))) {
      return unanswered();
    }
    return Finding.refused(
        EDGE_READY,
        TenantReason.RouteRefused,
        "The Gateway says %s=False of the route, with reason %s: %s"
            .formatted(condition.get("type"), condition.get("reason"), condition.get("message")));
  }

  private static Finding unanswered() {
    return starting("No Gateway has answered for the route yet: is spec.api.gatewayRef right?");
  }

  private static Finding accepted(List<ForeignKind> missing) {
    var without =
        missing.isEmpty()
            ? ""
            : ", without %s, which this cluster does not have".formatted(names(missing));
    return Finding.met(
        EDGE_READY, TenantReason.EdgeServing, "The Gateway has accepted the route" + without);
  }

  private static Finding starting(String message) {
    return Finding.pending(EDGE_READY, TenantReason.EdgeStarting, message);
  }

  private static Optional<GenericKubernetesResource> of(
      ForeignKind kind, Collection<? extends HasMetadata> children) {
    return children.stream()
        .filter(GenericKubernetesResource.class::isInstance)
        .map(GenericKubernetesResource.class::cast)
        .filter(kind::isOf)
        .findFirst();
  }
}
