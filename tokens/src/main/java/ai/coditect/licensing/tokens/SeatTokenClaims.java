package ai.coditect.licensing.tokens;

import java.util.LinkedHashMap;
import java.util.Map;

/** A seat token's claims as JSON: the same rules when they are written and when they are read. */
final class SeatTokenClaims {

  private static final int MAX_TEXT = 200;
  private static final int MAX_ENTITLEMENTS = 64;

  private SeatTokenClaims() {}

  static Map<String, Object> toJson(SeatToken token) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("iss", token.issuer());
    json.put("aud", token.audience());
    json.put("sub", token.subject());
    json.put("tenant", token.tenant());
    json.put("pool", token.pool());
    json.put("slot", token.slot());
    json.put("gen", token.generation());
    json.put("ent", token.entitlements());
    json.put("iat", token.issuedAt().getEpochSecond());
    json.put("nbf", token.notBefore().getEpochSecond());
    json.put("exp", token.expiresAt().getEpochSecond());
    json.put("jti", token.tokenId());
    json.put("hwh", token.hardwareHash());
    return json;
  }

  static SeatToken read(Claims claims) throws Refusal {
    SeatToken token =
        new SeatToken(
            claims.text("iss", MAX_TEXT),
            claims.text("aud", MAX_TEXT),
            claims.text("sub", MAX_TEXT),
            claims.text("tenant", MAX_TEXT),
            claims.text("pool", MAX_TEXT),
            (int) claims.number("slot", 1, Integer.MAX_VALUE),
            claims.number("gen", 0, Claims.MAX_NUMBER),
            claims.texts("ent", MAX_ENTITLEMENTS, MAX_TEXT),
            claims.time("iat"),
            claims.time("nbf"),
            claims.time("exp"),
            claims.text("jti", MAX_TEXT),
            claims.sha256("hwh"));
    claims.requirePeriod(token.notBefore(), token.expiresAt());
    if (!token.issuer().equals(SeatToken.issuerOf(token.tenant()))) {
      throw new Refusal(Reason.TENANT_MISMATCH, "token: \"iss\" is not the issuer of \"tenant\"");
    }
    return token;
  }

  /** What is signed is read again first, so that no verifier refuses its claims. */
  static void requireIssuable(Map<String, Object> json) {
    try {
      read(new Claims("token", json));
    } catch (Refusal e) {
      throw new IllegalArgumentException(e.detail(), e);
    }
  }
}
