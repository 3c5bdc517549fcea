package ai.coditect.licensing.tokens;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A short-lived key (ECDSA P-256) that signs seat tokens. It lives in this process's memory only,
 * and its tokens prove something only together with a {@link KeyStatement}. Safe for many threads.
 */
public final class LeafKey {

  private final ECKey publicKey;
  private final JWSSigner signer;
  private final JWSHeader header;

  private LeafKey(ECKey publicKey, JWSSigner signer) {
    this.publicKey = publicKey;
    this.signer = signer;
    this.header =
        new JWSHeader.Builder(JWSAlgorithm.ES256)
            .type(new JOSEObjectType(SeatToken.TYPE))
            .keyID(publicKey.getKeyID())
            .build();
  }

  /** Makes a fresh key. */
  public static LeafKey generate() {
    try {
      ECKey pair =
          new ECKeyGenerator(Curve.P_256)
              .keyUse(KeyUse.SIGNATURE)
              .algorithm(JWSAlgorithm.ES256)
              .keyIDFromThumbprint(true)
              .generate();
      return new LeafKey(pair.toPublicJWK(), new ECDSASigner(pair));
    } catch (JOSEException e) {
      throw new IllegalStateException("This Java has no ECDSA with P-256", e);
    }
  }

  /** The {@code kid}: the RFC 7638 thumbprint (SHA-256, base64url). */
  public String id() {
    return publicKey.getKeyID();
  }

  /** The members of the public JWK: {@code kty crv x y kid use alg}. */
  public Map<String, Object> publicJwk() {
    return publicKey.toJSONObject();
  }

  /** The public half without name and purpose, as a statement certifies it. */
  Map<String, Object> bareJwk() {
    return new LinkedHashMap<>(publicKey.getRequiredParams());
  }

  /**
   * Signs the claims as a JWS in compact form.
   *
   * @throws IllegalArgumentException where no verifier would accept the claims
   */
  public String sign(SeatToken claims) {
    SeatTokenClaims.requireIssuable(claims);
    JWSObject token = new JWSObject(header, new Payload(SeatTokenClaims.toJson(claims)));
    try {
      token.sign(signer);
    } catch (JOSEException e) {
      throw new IllegalStateException("ECDSA failed", e);
    }
    return token.serialize();
  }

  @Override
  public String toString() {
    return "LeafKey[" + id() + "]";
  }
}
