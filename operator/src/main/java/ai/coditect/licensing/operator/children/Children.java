package ai.coditect.licensing.operator.children;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.processing.dependent.kubernetes.SSABasedGenericKubernetesResourceMatcher;
import java.util.List;
import java.util.Map;
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
    var there = find(wished, context);
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
    var wished =
        new SecretBuilder()
            .withNewMetadata()
            .withNamespace(namespace)
            .withName(name)
            .endMetadata()
            .build();
    return find(wished, context).orElseGet(() -> client.resource(fresh.get()).create());
  }

  /** Deletes a child that is no longer wished. */
  public void delete(HasMetadata child) {
    LOG.atInfo()
        .addKeyValue("child", child.getKind() + "/" + child.getMetadata().getName())
        .log("Child deleted, since it is no longer wished");
    client.resource(child).delete();
  }

  /** Whether the operator holds a field of an object, by its path in managedFields. */
  public static boolean manages(HasMetadata object, String... path) {
    return object.getMetadata().getManagedFields().stream()
        .filter(entry -> ChildMetadata.MANAGER.equals(entry.getManager()))
        .map(entry -> (Object) entry.getFieldsV1().getAdditionalProperties())
        .anyMatch(fields -> holds(fields, List.of(path)));
  }

  private static boolean holds(Object fields, List<String> path) {
    return path.isEmpty()
        || (fields instanceof Map<?, ?> map
            && map.containsKey(path.getFirst())
            && holds(map.get(path.getFirst()), path.subList(1, path.size())));
  }

  /** Lets another manager hold fields that the operator is about to leave, so that they stay. */
  public void handOver(HasMetadata fields, String manager) {
    client.resource(fields).fieldManager(manager).forceConflicts().serverSideApply();
  }

  /** The cache knows only what carries our labels, and may be late: what it lacks is asked for. */
  private <T extends HasMetadata> Optional<T> find(T wished, Context<?> context) {
    @SuppressWarnings("unchecked")
    var type = (Class<T>) wished.getClass();
    return context.getSecondaryResources(type).stream()
        .filter(child -> isSame(child, wished))
        .findFirst()
        .or(() -> Optional.ofNullable(client.resource(wished).get()));
  }

  private static boolean isSame(HasMetadata child, HasMetadata wished) {
    return child.getKind().equals(wished.getKind())
        && child.getMetadata().getName().equals(wished.getMetadata().getName());
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
