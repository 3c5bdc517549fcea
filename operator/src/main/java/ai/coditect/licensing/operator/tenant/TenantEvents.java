package ai.coditect.licensing.operator.tenant;

import ai.coditect.licensing.crds.LicensePool;
import ai.coditect.licensing.crds.LicensePoolSpec;
import ai.coditect.licensing.crds.Tenant;
import ai.coditect.licensing.operator.cache.Caches;
import ai.coditect.licensing.operator.children.ChildMetadata;
import ai.coditect.licensing.operator.children.Children;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** What wakes a tenant: its children, and pools that go while it waits for them. */
final class TenantEvents {

  private static final List<Class<? extends HasMetadata>> CHILDREN =
      List.of(
          ServiceAccount.class,
          ConfigMap.class,
          Secret.class,
          Deployment.class,
          Service.class,
          PodDisruptionBudget.class,
          HorizontalPodAutoscaler.class,
          NetworkPolicy.class,
          Ingress.class);

  private TenantEvents() {}

  /**
   * All of it.
   *
   * @param mine knows what the tenant's own reconciles have done to its children
   */
  static List<EventSource<?, Tenant>> sources(
      EventSourceContext<Tenant> context, Children mine, ForeignKinds foreign) {
    var sources = new ArrayList<EventSource<?, Tenant>>();
    CHILDREN.forEach(type -> sources.add(children(type, context, mine)));
    foreign.sources(context).forEach(sources::add);
    sources.add(pools(context));
    return List.copyOf(sources);
  }

  /** Sorted, so that a message made of them does not vary. */
  static List<String> poolNames(Collection<LicensePool> pools) {
    return pools.stream().map(pool -> pool.getMetadata().getName()).sorted().toList();
  }

  private static <C extends HasMetadata> EventSource<C, Tenant> children(
      Class<C> type, EventSourceContext<Tenant> context, Children mine) {
    var byOthers =
        InformerEventSourceConfiguration.from(type, Tenant.class)
            .withOnAddFilter(mine::isAddedByAnother)
            .withOnUpdateFilter((now, before) -> mine.isChangedByAnother(now));
    return children(byOthers, type, context);
  }

  /** Watches the children of a type. */
  static <C extends HasMetadata> EventSource<C, Tenant> children(
      InformerEventSourceConfiguration.Builder<C> informer,
      Class<C> type,
      EventSourceContext<Tenant> context) {
    return new InformerEventSource<>(
        Caches.keepPacked(informer, type, context)
            .withLabelSelector(ChildMetadata.selector(TenantNames.COMPONENT))
            .withSecondaryToPrimaryMapper(ChildMetadata.owners(Tenant.class))
            .build(),
        context);
  }

  private static EventSource<LicensePool, Tenant> pools(EventSourceContext<Tenant> context) {
    return new InformerEventSource<>(
        Caches.keepReduced(
                InformerEventSourceConfiguration.from(LicensePool.class, Tenant.class),
                TenantEvents::nameOfTenant,
                context)
            .withSecondaryToPrimaryMapper(
                (LicensePool pool) ->
                    Set.of(
                        new ResourceID(
                            pool.getSpec().tenantRef().name(), pool.getMetadata().getNamespace())))
            .withOnAddFilter(pool -> false)
            .withOnUpdateFilter((now, before) -> false)
            .build(),
        context);
  }

  /** A pool of which no more is left than its own name and its Tenant's. */
  private static LicensePool nameOfTenant(LicensePool pool) {
    var reduced = new LicensePool();
    reduced.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace(pool.getMetadata().getNamespace())
            .withName(pool.getMetadata().getName())
            .withUid(pool.getMetadata().getUid())
            .build());
    reduced.setSpec(
        new LicensePoolSpec(
            pool.getSpec().tenantRef(), null, 0, null, null, null, null, null, null, null));
    return reduced;
  }
}
