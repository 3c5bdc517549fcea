package ai.coditect.licensing.tokens;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The public half of a root as people pin it: PEM or JWK. */
public final class RootKeyText {

  private static final int MAX_PEM_LENGTH = 8 * 1024;
  private static final int MAX_KEYS = 64;
  private static final int LINE_LENGTH = 64;
  private static final String END = "-----END PUBLIC KEY-----";
  private static final Pattern PEM =
      Pattern.compile("\\s*-----BEGIN PUBLIC KEY-----\\s+([A-Za-z0-9+/=\\s]+)" + END + "\\s*");

  private RootKeyText() {}

  /** SubjectPublicKeyInfo as PEM, ending with a line break. */
  public static String toPem(RSAPublicKey root) {
    Base64.Encoder lines = Base64.getMimeEncoder(LINE_LENGTH, new byte[] {'\n'});
    return "-----BEGIN PUBLIC KEY-----\n"
        + lines.encodeToString(root.getEncoded())
        + "\n"
        + END
        + "\n";
  }

  /**
   * Reads what {@link #toPem} and Cloud KMS write.
   *
   * @throws IllegalArgumentException where the text is not exactly one RSA public key
   */
  public static RSAPublicKey fromPem(String pem) {
    Matcher matcher = PEM.matcher(pem);
    if (pem.length() > MAX_PEM_LENGTH || !matcher.matches()) {
      throw new IllegalArgumentException("Not one PEM block of type PUBLIC KEY");
    }
    byte[] encoded = Base64.getDecoder().decode(matcher.group(1).replaceAll("\\s", ""));
    try {
      KeyFactory rsa = KeyFactory.getInstance("RSA");
      return (RSAPublicKey) rsa.generatePublic(new X509EncodedKeySpec(encoded));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("The PEM block holds no RSA public key", e);
    }
  }

  /**
   * Reads what is pinned of a tenant: one public key after another, as {@link #toPem} writes them.
   *
   * @throws IllegalArgumentException where the text holds none, too many, or anything else
   */
  public static List<RSAPublicKey> allFromPem(String pem) {
    if (pem.length() > MAX_KEYS * MAX_PEM_LENGTH) {
      throw new IllegalArgumentException("Longer than " + MAX_KEYS + " public keys");
    }
    String[] blocks = pem.strip().split("(?<=" + END + ")");
    if (blocks.length > MAX_KEYS) {
      throw new IllegalArgumentException("More than " + MAX_KEYS + " public keys");
    }
    return Stream.of(blocks).map(RootKeyText::fromPem).toList();
  }

  /** The members of a JWK: {@code kty n e kid use alg}. */
  public static Map<String, Object> toJwk(RSAPublicKey root) {
    return new RSAKey.Builder(root)
        .keyID(RootKeyId.of(root))
        .keyUse(KeyUse.SIGNATURE)
        .algorithm(JWSAlgorithm.PS512)
        .build()
        .toJSONObject();
  }
}
