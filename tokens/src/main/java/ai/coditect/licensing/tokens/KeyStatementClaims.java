package ai.coditect.licensing.tokens;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.util.Base64URL;
import java.math.BigInteger;
import java.security.spec.ECFieldFp;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** A statement's claims as JSON: the same rules when they are written and when they are read. */
final class KeyStatementClaims {

  private static final int MAX_TEXT = 200;
  private static final int COORDINATE_BYTES = 32;
  private static final BigInteger FIELD =
      ((ECFieldFp) Curve.P_256.toECParameterSpec().getCurve().getField()).getP();
  private static final Set<String> LEAF_MEMBERS = Set.of("kty", "crv", "x", "y");

  private KeyStatementClaims() {}

  /** For whom and for how long a statement speaks. */
  record Terms(String tenant, Instant notBefore, Instant notAfter) {}

  static Map<String, Object> toJson(Terms terms, LeafKey leaf) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("iss", SeatToken.issuerOf(terms.tenant()));
    json.put("tenant", terms.tenant());
    json.put("iat", terms.notBefore().getEpochSecond());
    json.put("nbf", terms.notBefore().getEpochSecond());
    json.put("exp", terms.notAfter().getEpochSecond());
    json.put("cnf", Map.of("jwk", leaf.bareJwk()));
    return json;
  }

  static Terms terms(Claims claims) throws Refusal {
    String issuer = claims.text("iss", MAX_TEXT);
    Terms terms =
        new Terms(claims.text("tenant", MAX_TEXT), claims.time("nbf"), claims.time("exp"));
    claims.time("iat");
    claims.requirePeriod(terms.notBefore(), terms.notAfter());
    if (!issuer.equals(SeatToken.issuerOf(terms.tenant()))) {
      throw new Refusal(
          Reason.TENANT_MISMATCH, "statement: \"iss\" is not the issuer of \"tenant\"");
    }
    Duration lifetime = Duration.between(terms.notBefore(), terms.notAfter());
    if (lifetime.compareTo(KeyStatement.MAX_LIFETIME) > 0) {
      throw new Refusal(
          Reason.STATEMENT_TOO_LONG,
          "statement: lives longer than " + KeyStatement.MAX_LIFETIME.toHours() + " h");
    }
    return terms;
  }

  /** The leaf, a point that is proved to lie on P-256, named by its thumbprint. */
  static ECKey leaf(Claims claims) throws Refusal {
    Map<String, Object> jwk = claims.object("cnf").members("jwk");
    if (!jwk.keySet().equals(LEAF_MEMBERS)
        || !"EC".equals(jwk.get("kty"))
        || !"P-256".equals(jwk.get("crv"))) {
      throw notAllowed();
    }
    try {
      return new ECKey.Builder(Curve.P_256, coordinate(jwk.get("x")), coordinate(jwk.get("y")))
          .keyIDFromThumbprint()
          .keyUse(KeyUse.SIGNATURE)
          .algorithm(JWSAlgorithm.ES256)
          .build();
    } catch (IllegalStateException e) {
      throw notAllowed();
    } catch (JOSEException e) {
      throw new IllegalStateException("This Java has no SHA-256", e);
    }
  }

  /** In the one form there is: a number from the field's order on would be another one again. */
  private static Base64URL coordinate(Object member) throws Refusal {
    if (!(member instanceof String text)) {
      throw notAllowed();
    }
    byte[] bytes = CompactJws.decode("statement", text);
    if (bytes.length != COORDINATE_BYTES || new BigInteger(1, bytes).compareTo(FIELD) >= 0) {
      throw notAllowed();
    }
    return new Base64URL(text);
  }

  private static Refusal notAllowed() {
    return new Refusal(
        Reason.LEAF_NOT_ALLOWED, "statement: \"cnf.jwk\" must be a public key on P-256");
  }
}
