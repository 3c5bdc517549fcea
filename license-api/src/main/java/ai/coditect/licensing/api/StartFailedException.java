package ai.coditect.licensing.api;

/** The process cannot start; the message is one line that says what to do. */
final class StartFailedException extends RuntimeException {

  StartFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
