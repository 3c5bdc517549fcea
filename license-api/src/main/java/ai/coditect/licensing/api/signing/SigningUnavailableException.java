package ai.coditect.licensing.api.signing;

/** No leaf key is certified now, so no token can be signed. */
public class SigningUnavailableException extends RuntimeException {

  public SigningUnavailableException(String message) {
    super(message);
  }
}
