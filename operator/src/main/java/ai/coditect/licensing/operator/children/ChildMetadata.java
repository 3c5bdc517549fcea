package ai.coditect.licensing.operator.children;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.SecondaryToPrimaryMapper;
import io.javaoperatorsdk.operator.processing.event.source.informer.Mappers;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What every child carries: the labels that tell whose it is, and its owner. */
public final class ChildMetadata {

  /** The operator's name among the managers of a field, and in the label of what it manages. */
  public static final String MANAGER = "licensing-operator";

  private static final String NAME = "app.kubernetes.io/name";
  private static final String INSTANCE = "app.kubernetes.io/instance";
  private static final String COMPONENT = "app.kubernetes.io/component";
  private static final String PART_OF = "app.kubernetes.io/part-of";
  private static final String MANAGED_BY = "app.kubernetes.io/managed-by";

  private ChildMetadata() {}

  /** Metadata of a child in its owner's namespace. */
  public static ObjectMeta of(
      HasMetadata owner, String name, String application, String component) {
    return new ObjectMetaBuilder()
        .withNamespace(owner.getMetadata().getNamespace())
        .withName(name)
        .withLabels(labels(owner, application, component))
        .withOwnerReferences(reference(owner))
        .build();
  }

  /** The labels that pick one owner's children of a component, and nobody else's. */
  public static Map<String, String> identity(
      HasMetadata owner, String application, String component) {
    var labels = new TreeMap<String, String>();
    labels.put(NAME, application);
    labels.put(INSTANCE, owner.getMetadata().getName());
    labels.put(COMPONENT, component);
    return labels;
  }

  /** All labels of a child. */
  public static Map<String, String> labels(
      HasMetadata owner, String application, String component) {
    var labels = identity(owner, application, component);
    labels.put(PART_OF, "coditect-licensing");
    labels.put(MANAGED_BY, MANAGER);
    return labels;
  }

  /** Picks every child of a component, whoever owns it. */
  public static String selector(String component) {
    return MANAGED_BY + "=" + MANAGER + "," + COMPONENT + "=" + component;
  }

  /**
   * Finds the owner of a child. Its reference and its labels each tell it, since a hand that takes
   * one of them away is to be noticed.
   */
  public static <C extends HasMetadata> SecondaryToPrimaryMapper<C> owners(
      Class<? extends HasMetadata> kind) {
    SecondaryToPrimaryMapper<C> byReference = Mappers.fromOwnerReferences(kind);
    return child ->
        Stream.concat(byReference.toPrimaryResourceIDs(child).stream(), labelled(child).stream())
            .collect(Collectors.toUnmodifiableSet());
  }

  private static Optional<ResourceID> labelled(HasMetadata child) {
    var metadata = child.getMetadata();
    return Optional.ofNullable(metadata.getLabels())
        .map((Map<String, String> labels) -> labels.get(INSTANCE))
        .map(owner -> new ResourceID(owner, metadata.getNamespace()));
  }

  private static OwnerReference reference(HasMetadata owner) {
    return new OwnerReferenceBuilder()
        .withApiVersion(owner.getApiVersion())
        .withKind(owner.getKind())
        .withName(owner.getMetadata().getName())
        .withUid(owner.getMetadata().getUid())
        .withController(true)
        .build();
  }
}
