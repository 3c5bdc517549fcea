package ai.coditect.licensing.kmsstandin;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Base64;

/** Keys as PEM: SubjectPublicKeyInfo and PKCS#8. */
final class Pem {

  private static final int LINE_LENGTH = 64;

  private Pem() {}

  static String publicHalf(RSAPrivateCrtKey key) {
    try {
      RSAPublicKeySpec spec = new RSAPublicKeySpec(key.getModulus(), key.getPublicExponent());
      byte[] encoded = KeyFactory.getInstance("RSA").generatePublic(spec).getEncoded();
      return write("PUBLIC KEY", encoded);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("This Java knows no RSA keys", e);
    }
  }

  static String privateHalf(RSAPrivateCrtKey key) {
    return write("PRIVATE KEY", key.getEncoded());
  }

  static RSAPrivateCrtKey readPrivateHalf(String pem) {
    String encoded = pem.replaceAll("-----[A-Z ]+-----|\\s", "");
    try {
      return (RSAPrivateCrtKey)
          KeyFactory.getInstance("RSA")
              .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(encoded)));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("Not a private RSA key", e);
    }
  }

  private static String write(String type, byte[] encoded) {
    Base64.Encoder lines = Base64.getMimeEncoder(LINE_LENGTH, new byte[] {'\n'});
    return "-----BEGIN "
        + type
        + "-----\n"
        + lines.encodeToString(encoded)
        + "\n-----END "
        + type
        + "-----\n";
  }
}
