package ai.coditect.licensing.stores.keys;

import com.google.api.gax.rpc.ApiException;
import com.google.api.gax.rpc.StatusCode;
import java.util.function.Supplier;

/** Tells what time mends from what it does not. */
final class KmsErrors {

  private KmsErrors() {}

  /**
   * Carries out a call.
   *
   * @param what it is, for the message: "sign with KEY"
   */
  static <T> T translated(String what, Supplier<T> call) {
    try {
      return call.get();
    } catch (ApiException e) {
      throw translated(what, e);
    }
  }

  private static RuntimeException translated(String what, ApiException e) {
    StatusCode.Code code = e.getStatusCode().getCode();
    String message = "Cloud KMS did not " + what + ": " + code;
    return switch (code) {
      case UNAVAILABLE, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED -> unavailable(message, e);
      case INTERNAL, UNKNOWN, ABORTED, CANCELLED, DATA_LOSS -> unavailable(message, e);
      default -> new KeyRefusedException(message + ": " + e.getMessage(), e);
    };
  }

  private static KeysUnavailableException unavailable(String message, ApiException e) {
    return new KeysUnavailableException(message, e);
  }
}
