package ai.coditect.licensing.stores.keys;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;

/** What the JDK says of a signature. */
final class Signatures {

  private Signatures() {}

  static byte[] sha512(String message) {
    try {
      return MessageDigest.getInstance("SHA-512").digest(message.getBytes(UTF_8));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** Whether it is RSASSA-PSS with SHA-512 and a salt of 64 bytes, as JWS PS512 has it. */
  static boolean isPs512(RSAPublicKey key, String message, byte[] signature) {
    try {
      Signature verifier = Signature.getInstance("RSASSA-PSS");
      verifier.setParameter(
          new PSSParameterSpec("SHA-512", "MGF1", MGF1ParameterSpec.SHA512, 64, 1));
      verifier.initVerify(key);
      verifier.update(message.getBytes(UTF_8));
      return verifier.verify(signature);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
