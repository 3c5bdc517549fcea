package ai.coditect.licensing.crds;

/** Names that both kinds share. */
public final class Licensing {

  public static final String GROUP = "licensing.coditect.ai";
  public static final String VERSION = "v1alpha1";

  /** Holds a resource until the operator has taken it out of the stores. */
  public static final String FINALIZER = GROUP + "/finalizer";

  /** With the value {@code "true"}: records retained from a deleted resource may be taken over. */
  public static final String ADOPT_ANNOTATION = GROUP + "/adopt";

  private Licensing() {}
}
