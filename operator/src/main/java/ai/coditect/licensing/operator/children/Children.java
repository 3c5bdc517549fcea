package ai.coditect.licensing.operator.children;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.processing.dependent.kubernetes.SSABasedGenericKubernetesResourceMatcher;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings children to what is wished, by server-side apply, and only where they differ. */
public final class Children {

  private static final Logger LOG = LoggerFactory.getLogger(Children.class);

  private final KubernetesClient client;

  public Children(KubernetesClient client) {
    this.client = client;
  }

  /**
   * Applies a child.
   *
   * @return the child as the API server has it
   * @throws ChildOfAnotherException where an object of this name belongs to something else
   */
  public <T extends HasMetadata> T apply(T wished, Context<?> context) {
    @SuppressWarnings("unchecked")
    var type = (Class<T>) wished.getClass();
    var there =
        find(type, wished.getMetadata().getNamespace(), wished.getMetadata().getName(), context);
    if (there.isPresent() && matches(there.get(), wished, context)) {
      return there.get();
    }
    there.ifPresent(object -> refuseAnothers(object, wished));
    LOG.atInfo()
        .addKeyValue("child", wished.getKind() + "/" + wished.getMetadata().getName())
        .log(there.isPresent() ? "Child brought to what is wished" : "Child made");
    return client
        .resource(wished)
        .fieldManager(ChildMetadata.MANAGER)
        .forceConflicts()
        .serverSideApply();
  }

  /**
   * Finds a Secret that keeps something generated once, or creates it. Of two operators at the same
   * time one fails here, and finds the other's Secret when it tries again.
   */
  public Secret findOrCreate(
      String namespace, String name, Supplier<Secret> fresh, Context<?> context) {
    return find(Secret.class, namespace, name, context)
        .orElseGet(() -> client.resource(fresh.get()).create());
  }

  /** The cache knows only what carries our labels, and may be late: what it lacks is asked for. */
  private <T extends HasMetadata> Optional<T> find(
      Class<T> type, String namespace, String name, Context<?> context) {
    return context.getSecondaryResources(type).stream()
        .filter(child -> child.getMetadata().getName().equals(name))
        .findFirst()
        .or(
            () ->
                Optional.ofNullable(
                    client.resources(type).inNamespace(namespace).withName(name).get()));
  }

  private static <T extends HasMetadata> boolean matches(T there, T wished, Context<?> context) {
    return SSABasedGenericKubernetesResourceMatcher.<T>getInstance()
        .matches(there, wished, context);
  }

  private static void refuseAnothers(HasMetadata there, HasMetadata wished) {
    var holder = controller(there);
    boolean ours = holder.isPresent() && holder.equals(controller(wished));
    if (!ours && (holder.isPresent() || !mayBeAdopted(there, wished))) {
      throw new ChildOfAnotherException(wished);
    }
  }

  /** What lost its owner by somebody's hand, and Secrets that were put back from a backup. */
  private static boolean mayBeAdopted(HasMetadata there, HasMetadata wished) {
    var labels = Optional.ofNullable(there.getMetadata().getLabels());
    return wished instanceof Secret
        || labels
            .filter(l -> l.entrySet().containsAll(wished.getMetadata().getLabels().entrySet()))
            .isPresent();
  }

  private static Optional<String> controller(HasMetadata object) {
    return object.getMetadata().getOwnerReferences().stream()
        .filter(reference -> Boolean.TRUE.equals(reference.getController()))
        .map(OwnerReference::getUid)
        .findFirst();
  }
}
