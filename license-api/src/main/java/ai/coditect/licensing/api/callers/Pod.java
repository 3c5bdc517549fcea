package ai.coditect.licensing.api.callers;

/**
 * A Kubernetes pod, as its service account's token proves it.
 *
 * @param uid of the pod; no other pod ever has the same
 */
public record Pod(String namespace, String serviceAccount, String uid) {

  /** How {@link #hardwareId} begins, and no machine's does. */
  public static final String HARDWARE_ID_PREFIX = "kubernetes:";

  /** What stands for the pod where a machine has its hardware id. */
  public String hardwareId() {
    return HARDWARE_ID_PREFIX + String.join(":", namespace, serviceAccount, uid);
  }
}
