package ai.coditect.licensing.tokens;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads claims that must be there and of exactly one type. */
final class Claims {

  /** The largest whole number every JSON reader keeps exactly. */
  static final long MAX_NUMBER = (1L << 53) - 1;

  private static final long MAX_EPOCH_SECOND =
      Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();
  private static final int SHA_256_DIGITS = 64;

  private final String part;
  private final Map<String, Object> members;

  Claims(String part, Map<String, Object> members) {
    this.part = part;
    this.members = members;
  }

  /** No claims, but the rules for them. */
  static Claims rulesOf(String part) {
    return new Claims(part, Map.of());
  }

  String text(String name, int maxLength) throws Refusal {
    return text(name, value(name), maxLength);
  }

  String sha256(String name) throws Refusal {
    String text = text(name, SHA_256_DIGITS);
    requireSha256(name, text);
    return text;
  }

  List<String> texts(String name, int maxSize, int maxLength) throws Refusal {
    if (!(value(name) instanceof List<?> items)) {
      throw notTexts(name, maxSize);
    }
    requireSize(name, items, maxSize);
    List<String> texts = new ArrayList<>(items.size());
    for (Object item : items) {
      texts.add(text(name, item, maxLength));
    }
    return texts;
  }

  long number(String name, long min, long max) throws Refusal {
    long number =
        switch (value(name)) {
          case Integer i -> i;
          case Long l -> l;
          default -> throw malformed(name, "must be a whole number");
        };
    requireNumber(name, number, min, max);
    return number;
  }

  Instant time(String name) throws Refusal {
    return Instant.ofEpochSecond(number(name, 0, MAX_EPOCH_SECOND));
  }

  boolean flag(String name) throws Refusal {
    if (!(value(name) instanceof Boolean flag)) {
      throw malformed(name, "must be true or false");
    }
    return flag;
  }

  /** In characters as Unicode counts them, so that every language comes to the same number. */
  static int lengthOf(String text) {
    return text.codePointCount(0, text.length());
  }

  void requireText(String name, String text, int maxLength) throws Refusal {
    if (text.isEmpty() || lengthOf(text) > maxLength) {
      throw malformed(name, "must hold strings of 1 to " + maxLength + " characters");
    }
  }

  void requireTexts(String name, List<String> texts, int maxSize, int maxLength) throws Refusal {
    requireSize(name, texts, maxSize);
    for (String text : texts) {
      requireText(name, text, maxLength);
    }
  }

  void requireSha256(String name, String text) throws Refusal {
    if (text.length() != SHA_256_DIGITS || !isLowerCaseHex(text)) {
      throw malformed(name, "must be a SHA-256 in lower-case hex");
    }
  }

  void requireNumber(String name, long number, long min, long max) throws Refusal {
    if (number < min || number > max) {
      throw malformed(name, "must be from " + min + " to " + max);
    }
  }

  void requireTime(String name, long epochSecond) throws Refusal {
    requireNumber(name, epochSecond, 0, MAX_EPOCH_SECOND);
  }

  Claims object(String name) throws Refusal {
    return new Claims(part, members(name));
  }

  /** The members of an object, whose names and values are still to be checked. */
  Map<String, Object> members(String name) throws Refusal {
    if (!(value(name) instanceof StrictJson.Members object)) {
      throw malformed(name, "must be an object");
    }
    return object.byName();
  }

  void requirePeriod(Instant notBefore, Instant expiresAt) throws Refusal {
    if (!notBefore.isBefore(expiresAt)) {
      throw malformed("exp", "must be after \"nbf\"");
    }
  }

  private String text(String name, Object value, int maxLength) throws Refusal {
    String text = value instanceof String string ? string : "";
    requireText(name, text, maxLength);
    return text;
  }

  private void requireSize(String name, List<?> items, int maxSize) throws Refusal {
    if (items.size() > maxSize) {
      throw notTexts(name, maxSize);
    }
  }

  private Refusal notTexts(String name, int maxSize) {
    return malformed(name, "must be an array of at most " + maxSize + " strings");
  }

  private static boolean isLowerCaseHex(String text) {
    for (int i = 0; i < text.length(); i++) {
      char digit = text.charAt(i);
      if (!(digit >= '0' && digit <= '9') && !(digit >= 'a' && digit <= 'f')) {
        return false;
      }
    }
    return true;
  }

  private Object value(String name) throws Refusal {
    Object value = members.get(name);
    if (value == null) {
      throw new Refusal(Reason.CLAIM_MISSING, part + ": no claim \"" + name + "\"");
    }
    return value;
  }

  Refusal malformed(String name, String rule) {
    return new Refusal(Reason.CLAIM_MALFORMED, part + ": claim \"" + name + "\" " + rule);
  }
}
