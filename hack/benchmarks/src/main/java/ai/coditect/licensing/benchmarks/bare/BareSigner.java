package ai.coditect.licensing.benchmarks.bare;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.crypto.impl.ECDSA;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Base64;
import java.util.UUID;
import org.conscrypt.Conscrypt;

/** Signs a token of the product's size: ES256 by Conscrypt. */
final class BareSigner {

  private static final int SIGNATURE_BYTES = 64;
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
  private static final String HEADER =
      encoded(
          "{\"typ\":\"seat+jwt\",\"kid\":\"0123456789012345678901234567890123456789012\","
              + "\"alg\":\"ES256\"}");

  private static final String HARDWARE_HASH = "0123456789abcdef".repeat(4);

  private final Provider provider = Conscrypt.newProvider();
  private final PrivateKey key;

  BareSigner() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", provider);
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      key = generator.generateKeyPair().getPrivate();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  String sign(BareSeat seat) {
    String signed = HEADER + '.' + encoded(claims(seat));
    try {
      Signature signature = Signature.getInstance("SHA256withECDSA", provider);
      signature.initSign(key);
      signature.update(signed.getBytes(US_ASCII));
      byte[] jws = ECDSA.transcodeSignatureToConcat(signature.sign(), SIGNATURE_BYTES);
      return signed + '.' + BASE64.encodeToString(jws);
    } catch (GeneralSecurityException | JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String claims(BareSeat seat) {
    long now = Instant.now().getEpochSecond();
    return "{\"iss\":\"urn:coditect:tenant:bench\",\"aud\":\"cad\",\"sub\":\""
        + seat.session()
        + "\",\"tenant\":\"bench\",\"pool\":\"cad\",\"slot\":"
        + seat.slot()
        + ",\"gen\":"
        + seat.generation()
        + ",\"ent\":[\"mesh\",\"render\"],\"iat\":"
        + now
        + ",\"nbf\":"
        + now
        + ",\"exp\":"
        + (seat.leaseUntil() - 2)
        + ",\"jti\":\""
        + UUID.randomUUID()
        + "\",\"hwh\":\""
        + HARDWARE_HASH
        + "\"}";
  }

  private static String encoded(String json) {
    return BASE64.encodeToString(json.getBytes(US_ASCII));
  }
}
