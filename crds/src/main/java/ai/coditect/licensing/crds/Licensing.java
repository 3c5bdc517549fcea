package ai.coditect.licensing.crds;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Map;
import java.util.Optional;

/** Names that both kinds share. */
public final class Licensing {

  public static final String GROUP = "licensing.coditect.ai";
  public static final String VERSION = "v1alpha1";

  /** Holds a resource until the operator has taken it out of the stores. */
  public static final String FINALIZER = GROUP + "/finalizer";

  /** With the value {@code "true"}: records retained from a deleted resource may be taken over. */
  public static final String ADOPT_ANNOTATION = GROUP + "/adopt";

  /**
   * With the uid of a resource that nobody saw deleted, as after its cluster was lost: its records
   * are taken over.
   */
  public static final String ADOPT_FROM_ANNOTATION = GROUP + "/adopt-from";

  /** With the value {@code "true"}: the operator changes nothing on a resource's behalf. */
  public static final String PAUSED_ANNOTATION = GROUP + "/paused";

  /**
   * With the value {@code "true"}: a deletion asks no store, and what is left there stays. For
   * stores that are gone for ever.
   */
  public static final String LET_GO_ANNOTATION = GROUP + "/let-go";

  private Licensing() {}

  /** Whether a resource may take over records retained from a deleted one. */
  public static boolean adopts(HasMetadata resource) {
    return isTrue(resource, ADOPT_ANNOTATION);
  }

  /** The uid of the resource whose records are taken over, whether or not it was deleted. */
  public static Optional<String> adoptsFrom(HasMetadata resource) {
    return annotation(resource, ADOPT_FROM_ANNOTATION).filter(uid -> !uid.isBlank());
  }

  /** Whether a resource is to be left alone. */
  public static boolean isPaused(HasMetadata resource) {
    return isTrue(resource, PAUSED_ANNOTATION);
  }

  /** Whether a resource is to go without being taken out of the stores. */
  public static boolean isLetGo(HasMetadata resource) {
    return isTrue(resource, LET_GO_ANNOTATION);
  }

  private static boolean isTrue(HasMetadata resource, String name) {
    return annotation(resource, name).filter("true"::equals).isPresent();
  }

  private static Optional<String> annotation(HasMetadata resource, String name) {
    return Optional.ofNullable(resource.getMetadata().getAnnotations())
        .map((Map<String, String> annotations) -> annotations.get(name));
  }
}
