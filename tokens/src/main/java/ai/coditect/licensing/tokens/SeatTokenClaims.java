package ai.coditect.licensing.tokens;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A seat token's claims as JSON: the same rules when they are written and when they are read. */
final class SeatTokenClaims {

  private static final int MAX_TEXT = 200;
  private static final int MAX_ENTITLEMENTS = 64;

  /** Of a usual token: it need not grow. */
  private static final int USUAL_LENGTH = 640;

  private SeatTokenClaims() {}

  /**
   * The claims in UTF-8.
   *
   * @throws IllegalArgumentException where no verifier would accept them
   */
  static byte[] write(SeatToken token) {
    requireIssuable(token);
    StringBuilder json = new StringBuilder(USUAL_LENGTH);
    text(json.append("{\"iss\":"), token.issuer());
    text(json.append(",\"aud\":"), token.audience());
    text(json.append(",\"sub\":"), token.subject());
    text(json.append(",\"tenant\":"), token.tenant());
    text(json.append(",\"pool\":"), token.pool());
    json.append(",\"slot\":").append(token.slot());
    json.append(",\"gen\":").append(token.generation());
    texts(json.append(",\"ent\":"), token.entitlements());
    json.append(",\"iat\":").append(token.issuedAt().getEpochSecond());
    json.append(",\"nbf\":").append(token.notBefore().getEpochSecond());
    json.append(",\"exp\":").append(token.expiresAt().getEpochSecond());
    text(json.append(",\"jti\":"), token.tokenId());
    text(json.append(",\"hwh\":"), token.hardwareHash());
    return utf8(json.append('}').toString());
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
    requireOwnIssuer(token);
    return token;
  }

  /** What is signed is held to the rules of {@link #read}, so that no verifier refuses it. */
  private static void requireIssuable(SeatToken token) {
    Claims rules = Claims.rulesOf("token");
    try {
      rules.requireText("iss", token.issuer(), MAX_TEXT);
      rules.requireText("aud", token.audience(), MAX_TEXT);
      rules.requireText("sub", token.subject(), MAX_TEXT);
      rules.requireText("tenant", token.tenant(), MAX_TEXT);
      rules.requireText("pool", token.pool(), MAX_TEXT);
      rules.requireNumber("slot", token.slot(), 1, Integer.MAX_VALUE);
      rules.requireNumber("gen", token.generation(), 0, Claims.MAX_NUMBER);
      rules.requireTexts("ent", token.entitlements(), MAX_ENTITLEMENTS, MAX_TEXT);
      rules.requireTime("iat", token.issuedAt().getEpochSecond());
      rules.requireTime("nbf", token.notBefore().getEpochSecond());
      rules.requireTime("exp", token.expiresAt().getEpochSecond());
      rules.requireText("jti", token.tokenId(), MAX_TEXT);
      rules.requireSha256("hwh", token.hardwareHash());
      rules.requirePeriod(token.notBefore(), token.expiresAt());
      requireOwnIssuer(token);
    } catch (Refusal e) {
      throw new IllegalArgumentException(e.detail(), e);
    }
  }

  private static void requireOwnIssuer(SeatToken token) throws Refusal {
    if (!token.issuer().equals(SeatToken.issuerOf(token.tenant()))) {
      throw new Refusal(Reason.TENANT_MISMATCH, "token: \"iss\" is not the issuer of \"tenant\"");
    }
  }

  private static void texts(StringBuilder json, List<String> texts) {
    json.append('[');
    for (int i = 0; i < texts.size(); i++) {
      text(i == 0 ? json : json.append(','), texts.get(i));
    }
    json.append(']');
  }

  private static void text(StringBuilder json, String text) {
    JsonStringEncoder.getInstance().quoteAsString(text, json.append('"'));
    json.append('"');
  }

  /** Half a surrogate pair would become another character: such a text cannot be signed. */
  private static byte[] utf8(String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    if (!new String(bytes, StandardCharsets.UTF_8).equals(json)) {
      throw new IllegalArgumentException("token: a claim cannot be written in UTF-8");
    }
    return bytes;
  }
}
