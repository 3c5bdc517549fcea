package ai.coditect.licensing.operator.tenant;

import ai.coditect.licensing.crds.Tenant;
import ai.coditect.licensing.operator.children.ChildMetadata;
import io.fabric8.kubernetes.api.model.APIResourceList;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.Mappers;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/** Watches the kinds of an edge that this cluster has. */
final class ForeignKinds {

  private ForeignKinds() {}

  /** For those that the cluster has when the operator starts. */
  static Stream<EventSource<?, Tenant>> sources(EventSourceContext<Tenant> context) {
    return Arrays.stream(ForeignKind.values())
        .filter(kind -> isServed(kind, context.getClient()))
        .map(kind -> source(kind, context));
  }

  /** Whether the cluster has the kind, which is watched from then on. */
  static boolean watch(ForeignKind kind, Context<Tenant> context) {
    var sources = context.eventSourceRetriever();
    boolean watched =
        sources.getEventSourcesFor(GenericKubernetesResource.class).stream()
            .anyMatch(source -> source.name().equals(kind.name()));
    if (watched) {
      return true;
    }
    if (!isServed(kind, context.getClient())) {
      return false;
    }
    sources.dynamicallyRegisterEventSource(
        source(kind, sources.eventSourceContextForDynamicRegistration()));
    return true;
  }

  private static boolean isServed(ForeignKind kind, KubernetesClient client) {
    return Optional.ofNullable(client.getApiResources(kind.apiVersion()))
        .map(APIResourceList::getResources)
        .stream()
        .flatMap(resources -> resources.stream())
        .anyMatch(resource -> resource.getKind().equals(kind.kind()));
  }

  private static EventSource<GenericKubernetesResource, Tenant> source(
      ForeignKind kind, EventSourceContext<Tenant> context) {
    return new InformerEventSource<>(
        InformerEventSourceConfiguration.from(kind.groupVersionKind(), Tenant.class)
            .withName(kind.name())
            .withLabelSelector(ChildMetadata.selector(TenantNames.COMPONENT))
            .withSecondaryToPrimaryMapper(Mappers.fromOwnerReferences(Tenant.class))
            .build(),
        context);
  }
}
