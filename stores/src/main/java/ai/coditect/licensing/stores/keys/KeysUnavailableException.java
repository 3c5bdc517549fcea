package ai.coditect.licensing.stores.keys;

/**
 * Cloud KMS is away, too slow, out of quota, or its answer was damaged on the way: try again later.
 */
public class KeysUnavailableException extends RuntimeException {

  public KeysUnavailableException(String message) {
    super(message);
  }

  public KeysUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
