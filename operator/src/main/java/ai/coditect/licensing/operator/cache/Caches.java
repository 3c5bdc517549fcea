package ai.coditect.licensing.operator.cache;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.config.ControllerConfigurationOverrider;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.source.informer.TransformingItemStore;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Keeps little of what informers see, and takes little of it at once, so that many resources fit
 * into a small heap.
 *
 * <p>Where several namespaces are watched by name each has an informer, and all of a kind would
 * share what is given here: each would take what it does not see for deleted. They keep everything.
 */
public final class Caches {

  /** Of a list that is read, so that it is never in memory as a whole. */
  private static final long ITEMS_AT_ONCE = 500;

  private Caches() {}

  /** For resources that are looked at often: all of them but their managed fields. */
  public static <R extends HasMetadata> void keepWithoutManagers(
      ControllerConfigurationOverrider<R> controller, Set<String> namespaces) {
    controller.withInformerListLimit(ITEMS_AT_ONCE);
    if (namespaces.size() <= 1) {
      controller.withItemStore(new TransformingItemStore<>(Caches::withoutManagers));
    }
  }

  /** For what others need of a resource. */
  public static <R extends HasMetadata> InformerEventSourceConfiguration.Builder<R> keepReduced(
      InformerEventSourceConfiguration.Builder<R> informer,
      UnaryOperator<R> reduction,
      EventSourceContext<?> context) {
    informer.withInformerListLimit(ITEMS_AT_ONCE);
    return isShared(context)
        ? informer
        : informer.withItemStore(new TransformingItemStore<>(reduction));
  }

  /** For children, which are looked at whole, but seldom. */
  public static <R extends HasMetadata> InformerEventSourceConfiguration.Builder<R> keepPacked(
      InformerEventSourceConfiguration.Builder<R> informer,
      Class<R> type,
      EventSourceContext<?> context) {
    informer.withInformerListLimit(ITEMS_AT_ONCE);
    return isShared(context)
        ? informer
        : informer.withItemStore(
            new PackedItems<>(type, context.getClient().getKubernetesSerialization()));
  }

  /** The resource itself, which nobody else has yet. */
  public static <R extends HasMetadata> R withoutManagers(R resource) {
    resource.getMetadata().setManagedFields(List.of());
    return resource;
  }

  private static boolean isShared(EventSourceContext<?> context) {
    return context.getControllerConfiguration().getEffectiveNamespaces().size() > 1;
  }
}
