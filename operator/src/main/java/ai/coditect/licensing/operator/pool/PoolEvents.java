package ai.coditect.licensing.operator.pool;

import ai.coditect.licensing.crds.LicensePool;
import ai.coditect.licensing.crds.Tenant;
import ai.coditect.licensing.operator.cache.Caches;
import ai.coditect.licensing.operator.children.ChildMetadata;
import ai.coditect.licensing.operator.children.Children;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What wakes a pool: its Secret, its Tenant coming, going, or changing its standing, and what
 * {@link StoreLook} finds: seats that are taken and given back, and what somebody changed in the
 * stores.
 */
final class PoolEvents {

  private static final String BY_TENANT = "by-tenant";

  private PoolEvents() {}

  /**
   * All of it.
   *
   * @param stores makes what looks at the stores of the pools in this cache
   * @param mine knows what the pool's own reconciles have done to its Secrets
   */
  static List<EventSource<?, LicensePool>> sources(
      EventSourceContext<LicensePool> context,
      Function<IndexerResourceCache<LicensePool>, StoreEvents> stores,
      Children mine) {
    context.getPrimaryCache().addIndexer(BY_TENANT, pool -> List.of(tenantOf(pool)));
    return List.of(
        secrets(context, mine), tenants(context), stores.apply(context.getPrimaryCache()));
  }

  private static EventSource<Secret, LicensePool> secrets(
      EventSourceContext<LicensePool> context, Children mine) {
    return new InformerEventSource<>(
        Caches.keepPacked(
                InformerEventSourceConfiguration.from(Secret.class, LicensePool.class),
                Secret.class,
                context)
            .withLabelSelector(ChildMetadata.selector(LicenseKeySecret.COMPONENT))
            .withSecondaryToPrimaryMapper(ChildMetadata.owners(LicensePool.class))
            .withOnAddFilter(mine::isAddedByAnother)
            .withOnUpdateFilter((now, before) -> mine.isChangedByAnother(now))
            .build(),
        context);
  }

  private static EventSource<Tenant, LicensePool> tenants(EventSourceContext<LicensePool> context) {
    return new InformerEventSource<>(
        Caches.keepReduced(
                InformerEventSourceConfiguration.from(Tenant.class, LicensePool.class),
                Caches::withoutManagers,
                context)
            .withSecondaryToPrimaryMapper(
                (Tenant tenant) -> poolsOf(tenant, context.getPrimaryCache()))
            .withPrimaryToSecondaryMapper(
                (LicensePool pool) ->
                    Set.of(
                        new ResourceID(
                            pool.getSpec().tenantRef().name(), pool.getMetadata().getNamespace())))
            .withOnUpdateFilter((now, before) -> isNews(standing(now), standing(before)))
            .build(),
        context);
  }

  private static boolean isNews(TenantStanding now, TenantStanding before) {
    return !now.equals(before) && !now.isPassing();
  }

  private static TenantStanding standing(Tenant tenant) {
    return TenantStanding.of(Optional.of(tenant));
  }

  private static Set<ResourceID> poolsOf(Tenant tenant, IndexerResourceCache<LicensePool> pools) {
    return pools.byIndex(BY_TENANT, qualified(tenant, tenant.getMetadata().getName())).stream()
        .map(ResourceID::fromResource)
        .collect(Collectors.toUnmodifiableSet());
  }

  private static String tenantOf(LicensePool pool) {
    return qualified(pool, pool.getSpec().tenantRef().name());
  }

  private static String qualified(HasMetadata resource, String name) {
    return resource.getMetadata().getNamespace() + "/" + name;
  }
}
