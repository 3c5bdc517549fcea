package ai.coditect.licensing.tokens;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.KeyUse;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Provider;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A short-lived key (ECDSA P-256) that signs seat tokens and revocation lists. It lives in this
 * process's memory only, and what it signs proves something only together with a {@link
 * KeyStatement}. Safe for many threads.
 */
public final class LeafKey {

  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  private final ECKey publicKey;
  private final EcdsaSignatures signatures;

  /** Of a seat token: the same for each of them, so it is encoded once. */
  private final String header;

  private LeafKey(ECKey publicKey, EcdsaSignatures signatures) {
    this.publicKey = publicKey;
    this.signatures = signatures;
    this.header = header(SeatToken.TYPE);
  }

  /** Makes a fresh key for Java's own ECDSA, which is good for a few thousand tokens a second. */
  public static LeafKey generate() {
    return generate(Optional.empty());
  }

  /**
   * Makes a fresh key.
   *
   * @param ecdsa makes the key and signs with it: Conscrypt, for one, in a tenth of the time
   */
  public static LeafKey generate(Provider ecdsa) {
    return generate(Optional.of(ecdsa));
  }

  private static LeafKey generate(Optional<Provider> ecdsa) {
    try {
      KeyPair pair = pair(ecdsa);
      ECKey publicKey =
          new ECKey.Builder(Curve.P_256, (ECPublicKey) pair.getPublic())
              .keyUse(KeyUse.SIGNATURE)
              .algorithm(JWSAlgorithm.ES256)
              .keyIDFromThumbprint()
              .build();
      return new LeafKey(publicKey, EcdsaSignatures.by(pair.getPrivate(), ecdsa));
    } catch (GeneralSecurityException | JOSEException e) {
      throw new IllegalStateException("This Java has no ECDSA with P-256", e);
    }
  }

  private static KeyPair pair(Optional<Provider> ecdsa) throws GeneralSecurityException {
    KeyPairGenerator generator =
        ecdsa.isPresent()
            ? KeyPairGenerator.getInstance("EC", ecdsa.get())
            : KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
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
    return sign(header, SeatTokenClaims.write(claims));
  }

  /**
   * Signs the list as a JWS in compact form.
   *
   * @throws IllegalArgumentException where no verifier would accept it
   */
  public String sign(RevocationList list) {
    String signed = sign(header(RevocationList.TYPE), RevocationListClaims.write(list));
    if (signed.length() > RevocationList.MAX_LENGTH) {
      throw new IllegalArgumentException("revocation list: too long");
    }
    return signed;
  }

  private String sign(String header, byte[] claims) {
    String signed = header + "." + BASE64.encodeToString(claims);
    return signed + "." + BASE64.encodeToString(signatures.sign(signed.getBytes(US_ASCII)));
  }

  private String header(String type) {
    return new JWSHeader.Builder(JWSAlgorithm.ES256)
        .type(new JOSEObjectType(type))
        .keyID(publicKey.getKeyID())
        .build()
        .toBase64URL()
        .toString();
  }

  @Override
  public String toString() {
    return "LeafKey[" + id() + "]";
  }
}
