package ai.coditect.licensing.stores.keys;

import com.google.api.client.googleapis.json.GoogleJsonError;
import com.google.api.client.googleapis.json.GoogleJsonResponseException;
import com.google.api.client.http.HttpResponseException;
import java.io.IOException;
import java.util.Optional;

/** Tells what time mends from what it does not, of answers over REST. */
final class RestErrors {

  private static final int UNAUTHORIZED = 401;
  private static final int CONFLICT = 409;
  private static final int TOO_MANY = 429;
  private static final int CANCELLED = 499;
  private static final int SERVER_ERRORS = 500;
  private static final int NOT_IMPLEMENTED = 501;

  private RestErrors() {}

  /** A call over REST. */
  @FunctionalInterface
  interface Call<T> {
    T execute() throws IOException;
  }

  /**
   * Carries out a call.
   *
   * @param what it is, for the message: "sign with KEY"
   */
  static <T> T translated(String what, Call<T> call) {
    String message = "Cloud KMS did not " + what + ": ";
    try {
      return call.execute();
    } catch (HttpResponseException e) {
      throw mends(e.getStatusCode())
          ? new KeysUnavailableException(message + status(e), e)
          : new KeyRefusedException(message + status(e) + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw new KeysUnavailableException(message + e, e);
    }
  }

  private static boolean mends(int status) {
    return status == CONFLICT
        || status == TOO_MANY
        || status == CANCELLED
        || (status >= SERVER_ERRORS && status != NOT_IMPLEMENTED);
  }

  /** Google's name for it, else the number. */
  private static String status(HttpResponseException e) {
    return Optional.of(e)
        .filter(GoogleJsonResponseException.class::isInstance)
        .map(GoogleJsonResponseException.class::cast)
        .map(GoogleJsonResponseException::getDetails)
        .map(RestErrors::name)
        .orElseGet(() -> name(e.getStatusCode()));
  }

  /** Java keeps the body of a 401 to itself. */
  private static String name(int status) {
    return status == UNAUTHORIZED ? "UNAUTHENTICATED" : Integer.toString(status);
  }

  private static String name(GoogleJsonError details) {
    Object name = details.get("status");
    return name == null ? name(details.getCode()) : name.toString();
  }
}
