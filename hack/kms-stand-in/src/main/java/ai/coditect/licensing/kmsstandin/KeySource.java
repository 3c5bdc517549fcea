package ai.coditect.licensing.kmsstandin;

import java.security.interfaces.RSAPrivateCrtKey;
import java.util.concurrent.CompletableFuture;

/** Where the RSA keys of new versions come from. */
interface KeySource extends AutoCloseable {

  /** Completes as soon as a key of this size is ready. */
  CompletableFuture<RSAPrivateCrtKey> next(int bits);

  @Override
  void close();
}
