package ai.coditect.licensing.tokens;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Reads claims that must be there and of exactly one type. */
final class Claims {

  /** The largest whole number every JSON reader keeps exactly. */
  static final long MAX_NUMBER = (1L << 53) - 1;

  private static final long MAX_EPOCH_SECOND =
      Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();
  private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");

  private final String part;
  private final Map<String, Object> members;

  Claims(String part, Map<String, Object> members) {
    this.part = part;
    this.members = members;
  }

  String text(String name, int maxLength) throws Refusal {
    return text(name, value(name), maxLength);
  }

  String sha256(String name) throws Refusal {
    String text = text(name, 64);
    if (!SHA_256.matcher(text).matches()) {
      throw malformed(name, "must be a SHA-256 in lower-case hex");
    }
    return text;
  }

  List<String> texts(String name, int maxSize, int maxLength) throws Refusal {
    if (!(value(name) instanceof List<?> items) || items.size() > maxSize) {
      throw malformed(name, "must be an array of at most " + maxSize + " strings");
    }
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
    if (number < min || number > max) {
      throw malformed(name, "must be from " + min + " to " + max);
    }
    return number;
  }

  Instant time(String name) throws Refusal {
    return Instant.ofEpochSecond(number(name, 0, MAX_EPOCH_SECOND));
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
    if (!(value instanceof String text) || text.isEmpty() || text.length() > maxLength) {
      throw malformed(name, "must hold strings of 1 to " + maxLength + " characters");
    }
    return text;
  }

  private Object value(String name) throws Refusal {
    Object value = members.get(name);
    if (value == null) {
      throw new Refusal(Reason.CLAIM_MISSING, part + ": no claim \"" + name + "\"");
    }
    return value;
  }

  private Refusal malformed(String name, String rule) {
    return new Refusal(Reason.CLAIM_MALFORMED, part + ": claim \"" + name + "\" " + rule);
  }
}
