package ai.coditect.licensing.operator.children;

import ai.coditect.licensing.operator.repairs.Repairs;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.processing.dependent.kubernetes.SSABasedGenericKubernetesResourceMatcher;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings children to what is wished, by server-side apply, and only where they differ. What
 * somebody else changed or deleted is reported as repaired.
 */
public final class Children {

  private static final Logger LOG = LoggerFactory.getLogger(Children.class);

  /** Forbidden, as by a quota or an admission policy, or not valid. */
  private static final Set<Integer> REFUSALS = Set.of(HttpURLConnection.HTTP_FORBIDDEN, 422);

  private final KubernetesClient client;
  private final Repairs repairs;
  private final Wishes wishes = new Wishes();

  public Children(KubernetesClient client, Repairs repairs) {
    this.client = client;
    this.repairs = repairs;
  }

  /**
   * Applies a child.
   *
   * @return the child as the API server has it
   * @throws ChildOfAnotherException where an object of this name belongs to something else
   * @throws ChildOfPredecessorException where it belongs to a deleted resource of the owner's name
   * @throws ChildRefusedException where the API server does not take it
   */
  public <T extends HasMetadata> T apply(T wished, Context<?> context) {
    return apply(wished, cached(wished, context), this::serverSideApply, context);
  }

  /**
   * Applies a child that was made of what it held. Where it was changed or deleted since it was
   * read the API server answers that this is a conflict, and nothing is written.
   *
   * @param read the child as it was read
   */
  public <T extends HasMetadata> T applyOver(T read, T wished, Context<?> context) {
    UnaryOperator<T> write = child -> serverSideApply(over(read, child));
    return apply(wished, Optional.of(read), write, context);
  }

  private <T extends HasMetadata> T apply(
      T wished, Optional<T> found, UnaryOperator<T> write, Context<?> context) {
    var owner = context.getPrimaryResource();
    var asLeft = found.filter(child -> wishes.isAsLeft(owner, wished, child));
    if (asLeft.isPresent()) {
      return asLeft.get();
    }
    var asWished = found.filter(child -> matches(child, wished, context));
    var child = asWished.orElseGet(() -> bring(wished, write, owner, context));
    wishes.remember(owner, wished, child);
    return child;
  }

  /**
   * Whether a child that appears is news to its owner. One that it was not known to have it is just
   * making, or will meet when it is first reconciled.
   */
  public boolean isAddedByAnother(HasMetadata child) {
    return controller(child).filter(owner -> !wishes.isKnown(owner.getUid(), child)).isEmpty()
        && isChangedByAnother(child);
  }

  /** Whether a child is otherwise than its owner's last reconcile left it. */
  public boolean isChangedByAnother(HasMetadata child) {
    return controller(child).filter(owner -> wishes.isMetBy(owner.getUid(), child)).isEmpty();
  }

  /** To be told of an owner whose children are applied no more. */
  public void forget(HasMetadata owner) {
    wishes.forget(uid(owner));
  }

  /**
   * Finds a Secret that keeps something generated once, or creates it. Of two who create it at the
   * same time one finds the other's.
   *
   * @throws ChildRefusedException where the API server does not take it
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
    return cached(wished, context)
        .orElseGet(() -> createOrFind(fresh.get(), context.getPrimaryResource()));
  }

  /** Deletes a child that is no longer wished. */
  public void delete(HasMetadata child, Context<?> context) {
    wishes.forget(uid(context.getPrimaryResource()), child);
    LOG.atInfo().addKeyValue("child", name(child)).log("Child deleted, since it is wished no more");
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

  /** What the cache lacks most often is not there; who asks for it all the same asks in vain. */
  private Secret createOrFind(Secret fresh, HasMetadata owner) {
    try {
      return create(fresh, owner);
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
        return live(fresh).orElseThrow(() -> e);
      }
      throw e;
    }
  }

  private Secret create(Secret fresh, HasMetadata owner) {
    var created = taken(fresh, () -> client.resource(fresh).create());
    if (wishes.isKnown(uid(owner), fresh)) {
      repairs.repaired(owner, fresh.getKind());
    }
    wishes.remember(owner, fresh, created);
    return created;
  }

  /** The cache knows only what carries our labels, and may be late: what it lacks is asked for. */
  private <T extends HasMetadata> T bring(
      T wished, UnaryOperator<T> write, HasMetadata owner, Context<?> context) {
    var there = live(wished);
    if (there.isPresent() && matches(there.get(), wished, context)) {
      return there.get();
    }
    there.ifPresent(object -> refuseAnothers(object, wished));
    var applied = taken(wished, () -> write.apply(wished));
    if (there.filter(before -> isTheSame(before, applied)).isEmpty()) {
      tell(owner, wished, there.isPresent());
    }
    return applied;
  }

  private <T extends HasMetadata> T serverSideApply(T wished) {
    return client
        .resource(wished)
        .fieldManager(ChildMetadata.MANAGER)
        .forceConflicts()
        .serverSideApply();
  }

  /** The version guards what is there, the uid keeps what is gone from being made anew. */
  private <T extends HasMetadata> T over(T read, T wished) {
    var child = client.getKubernetesSerialization().clone(wished);
    child.getMetadata().setUid(read.getMetadata().getUid());
    child.getMetadata().setResourceVersion(read.getMetadata().getResourceVersion());
    return child;
  }

  /** Tells what the API server will not take, however often it is asked, from what may pass. */
  private static <T extends HasMetadata> T taken(T wished, Supplier<T> write) {
    try {
      return write.get();
    } catch (KubernetesClientException e) {
      if (REFUSALS.contains(e.getCode())) {
        throw new ChildRefusedException(wished, e);
      }
      throw e;
    }
  }

  private void tell(HasMetadata owner, HasMetadata wished, boolean wasThere) {
    LOG.atInfo()
        .addKeyValue("child", name(wished))
        .log(wasThere ? "Child brought to what is wished" : "Child made");
    // One that is gone was deleted by somebody else, whatever it is to be now.
    var isRepair =
        wasThere ? wishes.isTheSame(uid(owner), wished) : wishes.isKnown(uid(owner), wished);
    if (isRepair) {
      repairs.repaired(owner, wished.getKind());
    }
  }

  /** What seemed to differ, as a number written in another way, may not. */
  private static boolean isTheSame(HasMetadata before, HasMetadata applied) {
    return before
        .getMetadata()
        .getResourceVersion()
        .equals(applied.getMetadata().getResourceVersion());
  }

  private static <T extends HasMetadata> Optional<T> cached(T wished, Context<?> context) {
    @SuppressWarnings("unchecked")
    var type = (Class<T>) wished.getClass();
    return context.getSecondaryResources(type).stream()
        .filter(child -> name(child).equals(name(wished)))
        .findFirst();
  }

  private <T extends HasMetadata> Optional<T> live(T wished) {
    return Optional.ofNullable(client.resource(wished).get());
  }

  static String name(HasMetadata child) {
    return child.getKind() + "/" + child.getMetadata().getName();
  }

  private <T extends HasMetadata> boolean matches(T there, T wished, Context<?> context) {
    return isApplied(there)
        ? SSABasedGenericKubernetesResourceMatcher.<T>getInstance().matches(there, wished, context)
        : contains(map(there), map(wished));
  }

  /** What was created and never applied is as good while it holds what is wished. */
  private static boolean isApplied(HasMetadata there) {
    return there.getMetadata().getManagedFields().stream()
        .filter(entry -> ChildMetadata.MANAGER.equals(entry.getManager()))
        .map(ManagedFieldsEntry::getOperation)
        .anyMatch("Apply"::equals);
  }

  private static boolean contains(Object there, Object wished) {
    if (!(wished instanceof Map<?, ?> fields) || !(there instanceof Map<?, ?> present)) {
      return wished.equals(there);
    }
    return fields.entrySet().stream()
        .allMatch(field -> contains(present.get(field.getKey()), field.getValue()));
  }

  private Map<?, ?> map(HasMetadata object) {
    return client.getKubernetesSerialization().convertValue(object, Map.class);
  }

  private static void refuseAnothers(HasMetadata there, HasMetadata wished) {
    var holder = controller(there);
    var owner = controller(wished);
    if (holder.map(OwnerReference::getUid).equals(owner.map(OwnerReference::getUid))) {
      return;
    }
    if (holder.isPresent() && owner.isPresent() && isPredecessor(holder.get(), owner.get())) {
      throw new ChildOfPredecessorException(wished);
    }
    if (holder.isPresent() || !mayBeAdopted(there, wished)) {
      throw new ChildOfAnotherException(wished);
    }
  }

  /** A resource that was deleted and made anew meets what is still to be collected. */
  private static boolean isPredecessor(OwnerReference holder, OwnerReference owner) {
    return holder.getKind().equals(owner.getKind()) && holder.getName().equals(owner.getName());
  }

  /** What lost its owner by somebody's hand, and Secrets that were put back from a backup. */
  private static boolean mayBeAdopted(HasMetadata there, HasMetadata wished) {
    var labels = Optional.ofNullable(there.getMetadata().getLabels());
    return wished instanceof Secret
        || labels
            .filter(l -> l.entrySet().containsAll(wished.getMetadata().getLabels().entrySet()))
            .isPresent();
  }

  private static String uid(HasMetadata owner) {
    return owner.getMetadata().getUid();
  }

  private static Optional<OwnerReference> controller(HasMetadata object) {
    return object.getMetadata().getOwnerReferences().stream()
        .filter(reference -> Boolean.TRUE.equals(reference.getController()))
        .findFirst();
  }
}
