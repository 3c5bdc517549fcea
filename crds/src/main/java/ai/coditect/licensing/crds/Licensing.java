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

  private Licensing() {}

  /** Whether a resource may take over records retained from a deleted one. */
  public static boolean adopts(HasMetadata resource) {
    return annotation(resource, ADOPT_ANNOTATION).filter("true"::equals).isPresent();
  }

  /** The uid of the resource whose records are taken over, whether or not it was deleted. */
  public static Optional<String> adoptsFrom(HasMetadata resource) {
    return annotation(resource, ADOPT_FROM_ANNOTATION).filter(uid -> !uid.isBlank());
  }

  private static Optional<String> annotation(HasMetadata resource, String name) {
    return Optional.ofNullable(resource.getMetadata().getAnnotations())
        .map((Map<String, String> annotations) -> annotations.get(name));
  }
}
