package ai.coditect.licensing.crds;

import io.fabric8.kubernetes.api.model.HasMetadata;

/** Names that both kinds share. */
public final class Licensing {

  public static final String GROUP = "licensing.coditect.ai";
  public static final String VERSION = "v1alpha1";

  /** Holds a resource until the operator has taken it out of the stores. */
  public static final String FINALIZER = GROUP + "/finalizer";

  /** With the value {@code "true"}: records retained from a deleted resource may be taken over. */
  public static final String ADOPT_ANNOTATION = GROUP + "/adopt";

  private Licensing() {}

  /** Whether a resource may take over records retained from a deleted one. */
  public static boolean adopts(HasMetadata resource) {
    var annotations = resource.getMetadata().getAnnotations();
    return annotations != null && "true".equals(annotations.get(ADOPT_ANNOTATION));
  }
}
