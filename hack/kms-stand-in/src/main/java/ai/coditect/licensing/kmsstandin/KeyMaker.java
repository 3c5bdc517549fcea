package ai.coditect.licensing.kmsstandin;

import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.interfaces.RSAPrivateCrtKey;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.conscrypt.Conscrypt;

/**
 * Makes RSA keys one after another in the background. Since one takes up to seconds, a key of the
 * usual size is always made ahead.
 */
final class KeyMaker implements KeySource {

  static final int USUAL_BITS = 4096;

  private final ExecutorService worker =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("kms-stand-in-keys").factory());
  private CompletableFuture<RSAPrivateCrtKey> spare = makeUsual();

  /** Completes as soon as a key that nobody else gets is ready. */
  @Override
  public synchronized CompletableFuture<RSAPrivateCrtKey> next(int bits) {
    if (bits != USUAL_BITS) {
      // Smaller ones take no time: they need not wait behind a spare.
      return CompletableFuture.supplyAsync(() -> generate(bits));
    }
    CompletableFuture<RSAPrivateCrtKey> ready = spare;
    spare = makeUsual();
    return ready;
  }

  @Override
  public void close() {
    worker.shutdownNow();
  }

  private CompletableFuture<RSAPrivateCrtKey> makeUsual() {
    return CompletableFuture.supplyAsync(() -> generate(USUAL_BITS), worker);
  }

  static RSAPrivateCrtKey generate(int bits) {
    try {
      KeyPairGenerator generator = generator();
      generator.initialize(bits);
      return (RSAPrivateCrtKey) generator.generateKeyPair().getPrivate();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("This Java makes no RSA keys", e);
    }
  }

  /** Conscrypt, which the Cloud KMS client brings along, is three times as fast as the JDK. */
  private static KeyPairGenerator generator() throws GeneralSecurityException {
    return Conscrypt.isAvailable()
        ? KeyPairGenerator.getInstance("RSA", Conscrypt.newProvider())
        : KeyPairGenerator.getInstance("RSA");
  }
}
