package ai.coditect.licensing.servers;

/** A server could not be started or stopped; the message says what failed and where its log is. */
public final class ServerFailedException extends RuntimeException {

  public ServerFailedException(String message) {
    super(message);
  }

  public ServerFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
