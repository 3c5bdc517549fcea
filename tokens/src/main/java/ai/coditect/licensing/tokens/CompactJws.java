package ai.coditect.licensing.tokens;

import com.nimbusds.jose.util.Base64URL;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Set;

/**
 * A JWS in compact form, read but not yet believed.
 *
 * @param part what it is, for messages
 */
record CompactJws(
    String part,
    Map<String, Object> header,
    Map<String, Object> payload,
    String signedText,
    Base64URL signature) {

  private static final Set<String> HEADER_NAMES = Set.of("alg", "typ", "kid");

  static CompactJws read(String part, String text, int maxLength) throws Refusal {
    if (text.length() > maxLength) {
      throw new Refusal(Reason.TOO_LARGE, part + ": longer than " + maxLength + " characters");
    }
    String[] parts = text.split("\\.", -1);
    if (parts.length != 3) {
      throw malformed(part, "must have three parts");
    }
    byte[] signature = decode(part, parts[2]);
    return new CompactJws(
        part,
        object(part, "header", parts[0]),
        object(part, "payload", parts[1]),
        parts[0] + "." + parts[1],
        Base64URL.encode(signature));
  }

  /**
   * Refuses every header but the one that is issued: a key may be used with one algorithm only, for
   * one purpose only, and the header may neither bring a key nor change how the rest is read.
   */
  void requireHeader(String algorithm, String type) throws Refusal {
    if (!algorithm.equals(header.get("alg"))) {
      throw new Refusal(Reason.ALGORITHM_NOT_ALLOWED, part + ": \"alg\" must be " + algorithm);
    }
    if (!type.equals(header.get("typ"))) {
      throw new Refusal(Reason.TYPE_NOT_ALLOWED, part + ": \"typ\" must be " + type);
    }
    if (!HEADER_NAMES.containsAll(header.keySet())) {
      throw new Refusal(
          Reason.HEADER_NOT_ALLOWED, part + ": the header may hold only alg, typ and kid");
    }
  }

  /** Where the header has no usable {@code kid}, a text that names no key. */
  String keyId() {
    return header.get("kid") instanceof String id ? id : "";
  }

  byte[] signingInput() {
    return signedText.getBytes(StandardCharsets.US_ASCII);
  }

  Claims claims() {
    return new Claims(part, payload);
  }

  private static Map<String, Object> object(String part, String what, String encoded)
      throws Refusal {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(decode(part, encoded));
      return StrictJson.read(StandardCharsets.UTF_8.newDecoder().decode(bytes).toString());
    } catch (CharacterCodingException e) {
      throw malformed(part, "the " + what + " must be UTF-8");
    } catch (IOException e) {
      throw malformed(part, "the " + what + " must be one JSON object with unique names");
    }
  }

  /** Java's decoder lets unused bits pass, so what it gives is encoded again and compared. */
  static byte[] decode(String part, String encoded) throws Refusal {
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(encoded);
      if (Base64.getUrlEncoder().withoutPadding().encodeToString(bytes).equals(encoded)) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      // Falls through: both ways of being wrong are told alike.
    }
    throw malformed(part, "must be canonical base64url");
  }

  private static Refusal malformed(String part, String rule) {
    return new Refusal(Reason.MALFORMED, part + ": " + rule);
  }
}
