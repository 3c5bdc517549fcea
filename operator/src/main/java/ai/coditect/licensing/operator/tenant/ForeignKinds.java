package ai.coditect.licensing.operator.tenant;

import ai.coditect.licensing.crds.Tenant;
import io.fabric8.kubernetes.api.model.APIResource;
import io.fabric8.kubernetes.api.model.APIResourceList;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.OperatorException;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.EventSourceRetriever;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Watches the kinds of an edge that this cluster has, which may come and go. */
final class ForeignKinds {

  /** Else every turn of every tenant would ask which kinds there are. */
  private static final Duration LOOK_AGAIN_AFTER = Duration.ofSeconds(10);

  private final InstantSource clock;
  private final Map<String, Served> servedByApiVersion = new ConcurrentHashMap<>();

  ForeignKinds(InstantSource clock) {
    this.clock = clock;
  }

  private record Served(Set<String> kinds, Instant until) {}

  /** For those that the cluster has when the operator starts. */
  Stream<EventSource<?, Tenant>> sources(EventSourceContext<Tenant> context) {
    return Arrays.stream(ForeignKind.values())
        .filter(kind -> isServed(kind, context.getClient()))
        .map(kind -> source(kind, context));
  }

  /**
   * Watches the kind where the cluster has it, and no longer where it does not.
   *
   * @return whether the cluster has it
   * @throws UnwatchedKindException where it cannot be watched; the next call tries again
   */
  boolean watch(ForeignKind kind, Context<Tenant> context) {
    var sources = context.eventSourceRetriever();
    boolean served = isServed(kind, context.getClient());
    boolean watched = isWatched(kind, sources);
    if (served && !watched) {
      register(kind, sources);
    } else if (watched && !served) {
      sources.dynamicallyDeRegisterEventSource(kind.name());
    }
    return served;
  }

  /** Whether the cluster has the kind, or had it seconds ago. */
  boolean isServed(ForeignKind kind, KubernetesClient client) {
    return servedByApiVersion
        .compute(
            kind.apiVersion(),
            (version, known) ->
                known != null && clock.instant().isBefore(known.until())
                    ? known
                    : look(version, client))
        .kinds()
        .contains(kind.kind());
  }

  /** Whether the cluster has the kind at this moment. */
  boolean isStillServed(ForeignKind kind, KubernetesClient client) {
    servedByApiVersion.remove(kind.apiVersion());
    return isServed(kind, client);
  }

  private Served look(String apiVersion, KubernetesClient client) {
    var kinds =
        Optional.ofNullable(client.getApiResources(apiVersion))
            .map(APIResourceList::getResources)
            .stream()
            .flatMap(resources -> resources.stream())
            .map(APIResource::getKind)
            .collect(Collectors.toUnmodifiableSet());
    return new Served(kinds, clock.instant().plus(LOOK_AGAIN_AFTER));
  }

  private static boolean isWatched(ForeignKind kind, EventSourceRetriever<Tenant> sources) {
    return sources.getEventSourcesFor(GenericKubernetesResource.class).stream()
        .filter(source -> source.name().equals(kind.name()))
        .anyMatch(source -> source instanceof AbstractEventSource<?, ?> it && it.isRunning());
  }

  /** Starts a source that is there already, too: its last start may have failed. */
  private static void register(ForeignKind kind, EventSourceRetriever<Tenant> sources) {
    try {
      sources.dynamicallyRegisterEventSource(
          source(kind, sources.eventSourceContextForDynamicRegistration()));
    } catch (OperatorException e) {
      throw new UnwatchedKindException(kind, e);
    }
  }

  private static EventSource<GenericKubernetesResource, Tenant> source(
      ForeignKind kind, EventSourceContext<Tenant> context) {
    var configuration =
        InformerEventSourceConfiguration.from(kind.groupVersionKind(), Tenant.class)
            .withName(kind.name());
    return TenantEvents.children(configuration, GenericKubernetesResource.class, context);
  }
}
