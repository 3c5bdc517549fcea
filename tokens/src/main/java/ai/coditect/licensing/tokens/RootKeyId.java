package ai.coditect.licensing.tokens;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.RSAKey;
import java.security.interfaces.RSAPublicKey;

/** Names a root key in statements. */
public final class RootKeyId {

  private RootKeyId() {}

  /** The {@code kid} of a root: its RFC 7638 thumbprint (SHA-256, base64url). */
  public static String of(RSAPublicKey root) {
    try {
      return new RSAKey.Builder(root).build().computeThumbprint().toString();
    } catch (JOSEException e) {
      throw new IllegalStateException("This Java has no SHA-256", e);
    }
  }
}
