package ai.coditect.licensing.tokens;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.crypto.impl.ECDSA;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Signature;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Signs by ECDSA on P-256 with one key. To look up the algorithm and to hand it the key costs a
 * third of a signature, so what was made ready for one is kept for the next. Safe for many threads.
 */
final class EcdsaSignatures {

  private static final String ALGORITHM = "SHA256withECDSA";

  /** Of a JWS: two numbers of 32 bytes. */
  private static final int LENGTH = 64;

  private final PrivateKey key;
  private final Optional<Provider> provider;

  /** As many as were ever used at once. */
  private final Queue<Signature> ready = new ConcurrentLinkedQueue<>();

  private EcdsaSignatures(PrivateKey key, Optional<Provider> provider) {
    this.key = key;
    this.provider = provider;
  }

  /**
   * Signs with this key.
   *
   * @throws GeneralSecurityException where the provider cannot
   */
  static EcdsaSignatures by(PrivateKey key, Optional<Provider> provider)
      throws GeneralSecurityException {
    EcdsaSignatures signatures = new EcdsaSignatures(key, provider);
    signatures.ready.add(signatures.prepared());
    return signatures;
  }

  /** The signature as a JWS carries it. */
  byte[] sign(byte[] text) {
    try {
      Signature signature = ready.poll();
      if (signature == null) {
        signature = prepared();
      }
      signature.update(text);
      byte[] der = signature.sign();
      // One that failed is not given back.
      ready.add(signature);
      return ECDSA.transcodeSignatureToConcat(der, LENGTH);
    } catch (GeneralSecurityException | JOSEException e) {
      throw new IllegalStateException("ECDSA failed", e);
    }
  }

  private Signature prepared() throws GeneralSecurityException {
    Signature signature =
        provider.isPresent()
            ? Signature.getInstance(ALGORITHM, provider.get())
            : Signature.getInstance(ALGORITHM);
    signature.initSign(key);
    return signature;
  }
}
