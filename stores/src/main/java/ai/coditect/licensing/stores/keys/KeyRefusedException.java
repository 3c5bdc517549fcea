package ai.coditect.licensing.stores.keys;

/**
 * Cloud KMS refuses for a reason that retry does not mend: no permission, a disabled or destroyed
 * key, a wrong algorithm.
 */
public class KeyRefusedException extends RuntimeException {

  public KeyRefusedException(String message) {
    super(message);
  }

  public KeyRefusedException(String message, Throwable cause) {
    super(message, cause);
  }
}
