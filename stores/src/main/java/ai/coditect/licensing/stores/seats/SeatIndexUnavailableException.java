package ai.coditect.licensing.stores.seats;

/** Redis cannot be reached, refuses the login, or did not answer in time. */
public class SeatIndexUnavailableException extends RuntimeException {

  public SeatIndexUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
