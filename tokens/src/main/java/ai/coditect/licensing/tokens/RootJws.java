package ai.coditect.licensing.tokens;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.util.Base64URL;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.interfaces.RSAPublicKey;

/** What a tenant's root signs itself, as a JWS in compact form. */
final class RootJws {

  private RootJws() {}

  /**
   * Has the root sign. Nobody has verified the signature yet.
   *
   * @param root public half of the key behind {@code signer}; named in the header
   */
  static String sign(RSAPublicKey root, String type, Payload claims, RootSigner signer) {
    JWSHeader header =
        new JWSHeader.Builder(JWSAlgorithm.PS512)
            .type(new JOSEObjectType(type))
            .keyID(RootKeyId.of(root))
            .build();
    byte[] signingInput = new JWSObject(header, claims).getSigningInput();
    Base64URL signature = Base64URL.encode(signer.sign(sha512(signingInput)));
    return new String(signingInput, StandardCharsets.US_ASCII) + "." + signature;
  }

  private static byte[] sha512(byte[] signingInput) {
    try {
      return MessageDigest.getInstance("SHA-512").digest(signingInput);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("This Java has no SHA-512", e);
    }
  }
}
