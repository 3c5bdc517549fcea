package ai.coditect.licensing.operator.tenant;

import ai.coditect.licensing.crds.Tenant;
import ai.coditect.licensing.operator.children.Children;
import ai.coditect.licensing.operator.conditions.Finding;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Makes what leads from outside the cluster to a tenant's pods, and takes away what no longer does.
 */
final class EdgeChildren {

  private final Children children;
  private final ForeignKinds foreign;

  EdgeChildren(Children children, ForeignKinds foreign) {
    this.children = children;
    this.foreign = foreign;
  }

  /** Brings the edge to what the tenant wishes, as far as the cluster has the kinds for it. */
  Finding bringUp(Tenant tenant, Context<Tenant> context) {
    var wished = wished(tenant);
    var missing = missing(wished, kind -> foreign.watch(kind, context));
    var made =
        wished.stream()
            .filter(child -> foreignKind(child).filter(missing::contains).isEmpty())
            .flatMap(child -> make(child, missing, context).stream())
            .toList();
    present(tenant, context)
        .filter(child -> !isAmong(wished, child))
        .forEach(child -> children.delete(child, context));
    return EdgeState.finding(tenant, missing, made);
  }

  /** How the edge stands while nothing is done about it. */
  Finding asItIs(Tenant tenant, Context<Tenant> context) {
    var wished = wished(tenant);
    var there = present(tenant, context).filter(child -> isAmong(wished, child)).toList();
    return there.isEmpty() && !wished.isEmpty()
        ? TenantFindings.edgeNotTried()
        : EdgeState.finding(tenant, missing(wished, kind -> isServed(kind, context)), there);
  }

  /** Empty where the kind was taken away from the cluster a moment ago. */
  private Optional<HasMetadata> make(
      HasMetadata child, List<ForeignKind> missing, Context<Tenant> context) {
    try {
      return Optional.of(children.apply(child, context));
    } catch (KubernetesClientException e) {
      var gone =
          foreignKind(child).filter(kind -> !foreign.isStillServed(kind, context.getClient()));
      missing.add(gone.orElseThrow(() -> e));
      return Optional.empty();
    }
  }

  private boolean isServed(ForeignKind kind, Context<Tenant> context) {
    return foreign.isServed(kind, context.getClient());
  }

  private static List<ForeignKind> missing(
      List<HasMetadata> wished, Predicate<ForeignKind> isThere) {
    return wished.stream()
        .flatMap(child -> foreignKind(child).stream())
        .filter(kind -> !isThere.test(kind))
        .collect(Collectors.toCollection(ArrayList::new));
  }

  private static List<HasMetadata> wished(Tenant tenant) {
    return switch (tenant.getSpec().api().edge()) {
      case None -> List.of();
      case Ingress -> new EdgeIngress(tenant).children();
      case Gateway -> new EdgeGateway(tenant).children();
    };
  }

  private static Stream<HasMetadata> present(Tenant tenant, Context<Tenant> context) {
    return Stream.<HasMetadata>concat(
            context.getSecondaryResources(Ingress.class).stream(),
            context.getSecondaryResources(GenericKubernetesResource.class).stream())
        .filter(child -> child.getMetadata().getName().equals(TenantNames.api(tenant)));
  }

  private static boolean isAmong(List<HasMetadata> wished, HasMetadata child) {
    return wished.stream().anyMatch(other -> other.getKind().equals(child.getKind()));
  }

  private static Optional<ForeignKind> foreignKind(HasMetadata child) {
    return Arrays.stream(ForeignKind.values()).filter(kind -> kind.isOf(child)).findFirst();
  }
}
