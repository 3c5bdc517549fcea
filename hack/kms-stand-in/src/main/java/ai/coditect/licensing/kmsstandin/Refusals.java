package ai.coditect.licensing.kmsstandin;

import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionState;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/** Errors with the codes of Cloud KMS and texts like its own. */
final class Refusals {

  private Refusals() {}

  static StatusRuntimeException notFound(String kind, String name) {
    return Status.NOT_FOUND.withDescription(kind + " " + name + " not found.").asRuntimeException();
  }

  static StatusRuntimeException alreadyExists(String kind, String name) {
    return Status.ALREADY_EXISTS
        .withDescription(kind + " " + name + " already exists.")
        .asRuntimeException();
  }

  static StatusRuntimeException notEnabled(String name, CryptoKeyVersionState state) {
    return failedPrecondition(name + " is not enabled, current state is: " + state + ".");
  }

  static StatusRuntimeException failedPrecondition(String text) {
    return Status.FAILED_PRECONDITION.withDescription(text).asRuntimeException();
  }

  static StatusRuntimeException aborted(String text) {
    return Status.ABORTED.withDescription(text).asRuntimeException();
  }

  static StatusRuntimeException invalid(String text) {
    return Status.INVALID_ARGUMENT.withDescription(text).asRuntimeException();
  }
}
