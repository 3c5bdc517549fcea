package ai.coditect.licensing.devstack;

/** Something a user can mend; the message says what, in one line. */
public final class DevstackException extends RuntimeException {

  public DevstackException(String message) {
    super(message);
  }

  public DevstackException(String message, Throwable cause) {
    super(message, cause);
  }
}
