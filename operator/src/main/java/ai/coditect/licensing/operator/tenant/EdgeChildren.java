package ai.coditect.licensing.operator.tenant;

import ai.coditect.licensing.crds.Tenant;
import ai.coditect.licensing.operator.children.Children;
import ai.coditect.licensing.operator.conditions.Finding;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Makes what leads from outside the cluster to a tenant's pods, and takes away what no longer does.
 */
final class EdgeChildren {

  private final Children children;

  EdgeChildren(Children children) {
    this.children = children;
  }

  /** Brings the edge to what the tenant wishes, as far as the cluster has the kinds for it. */
  Finding bringUp(Tenant tenant, Context<Tenant> context) {
    var wished = wished(tenant);
    var missing = missing(wished, context);
    var made =
        wished.stream()
            .filter(child -> foreignKind(child).filter(missing::contains).isEmpty())
            .map(child -> children.apply(child, context))
            .toList();
    present(context)
        .filter(child -> !isAmong(wished, child))
        .forEach(child -> children.delete(child, context));
    return EdgeState.finding(tenant, missing, made);
  }

  /** How the edge stands while nothing is done about it. */
  Finding asItIs(Tenant tenant, Context<Tenant> context) {
    var wished = wished(tenant);
    var there = present(context).filter(child -> isAmong(wished, child)).toList();
    return there.isEmpty() && !wished.isEmpty()
        ? TenantFindings.edgeNotTried()
        : EdgeState.finding(tenant, missing(wished, context), there);
  }

  private static List<ForeignKind> missing(List<HasMetadata> wished, Context<Tenant> context) {
    return wished.stream()
        .flatMap(child -> foreignKind(child).stream())
        .filter(kind -> !ForeignKinds.watch(kind, context))
        .toList();
  }

  private static List<HasMetadata> wished(Tenant tenant) {
    return switch (tenant.getSpec().api().edge()) {
      case None -> List.of();
      case Ingress -> new EdgeIngress(tenant).children();
      case Gateway -> new EdgeGateway(tenant).children();
    };
  }

  private static Stream<HasMetadata> present(Context<Tenant> context) {
    return Stream.concat(
        context.getSecondaryResources(Ingress.class).stream(),
        context.getSecondaryResources(GenericKubernetesResource.class).stream());
  }

  private static boolean isAmong(List<HasMetadata> wished, HasMetadata child) {
    return wished.stream().anyMatch(other -> other.getKind().equals(child.getKind()));
  }

  private static Optional<ForeignKind> foreignKind(HasMetadata child) {
    return Arrays.stream(ForeignKind.values()).filter(kind -> kind.isOf(child)).findFirst();
  }
}
