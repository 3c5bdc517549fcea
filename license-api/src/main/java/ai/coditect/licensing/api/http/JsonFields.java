package ai.coditect.licensing.api.http;

import ai.coditect.licensing.api.http.Problem.FieldError;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/**
 * Reads the members of a request's object and collects what is wrong with them. Unknown members are
 * ignored. A read method answers a stand-in where its member is wrong; {@link
 * #throwIfAnythingIsWrong} keeps it from being used.
 */
final class JsonFields {

  private static final int DELETE = 0x7f;
  private static final UUID NO_UUID = new UUID(0, 0);

  private final JsonNode object;
  private final String pointer;
  private final List<FieldError> errors;

  JsonFields(JsonNode body) {
    this(body, "", new ArrayList<>());
  }

  /**
   * @param pointer where the object stands in the body
   * @param errors takes what is wrong
   */
  JsonFields(JsonNode object, String pointer, List<FieldError> errors) {
    this.object = object;
    this.pointer = pointer;
    this.errors = errors;
    if (!object.isObject()) {
      errors.add(new FieldError(pointer, "must be an object, but is " + kindOf(object)));
    }
  }

  /** Whether the member is there, perhaps as null. */
  boolean has(String name) {
    return object.has(name);
  }

  /** A member that must be there. Lengths are counted in code points. */
  String requiredText(String name, int minLength, int maxLength) {
    JsonNode value = object.path(name);
    if (value.isMissingNode()) {
      if (object.isObject()) {
        wrong(name, "is missing");
      }
      return "";
    }
    return text(name, value, minLength, maxLength);
  }

  /** A member that may be missing or null. */
  String optionalText(String name, int maxLength) {
    return object.hasNonNull(name) ? text(name, object.path(name), 0, maxLength) : "";
  }

  /** A member that may be missing or null, and else must be a whole number. */
  OptionalInt optionalInt(String name, int min, int max) {
    if (!object.hasNonNull(name)) {
      return OptionalInt.empty();
    }
    JsonNode value = object.path(name);
    if (!value.isNumber()) {
      wrong(name, "must be a number, but is " + kindOf(value));
      return OptionalInt.empty();
    }
    double number = value.doubleValue();
    if (number != Math.rint(number) || number < min || number > max) {
      wrong(name, "must be a whole number from %d to %d".formatted(min, max));
      return OptionalInt.empty();
    }
    return OptionalInt.of((int) number);
  }

  /** A member that must be a UUID in its usual form. */
  UUID requiredUuid(String name) {
    int before = errors.size();
    String text = requiredText(name, 0, Integer.MAX_VALUE);
    if (errors.size() > before) {
      return NO_UUID;
    }
    Optional<UUID> uuid = uuid(text);
    if (uuid.isEmpty()) {
      wrong(name, "must be a UUID");
    }
    return uuid.orElse(NO_UUID);
  }

  /** Says that the object as a whole is wrong. */
  void wrong(String detail) {
    errors.add(new FieldError(pointer, detail));
  }

  void throwIfAnythingIsWrong() {
    if (!errors.isEmpty()) {
      throw new ProblemException(Problem.invalid(errors));
    }
  }

  private String text(String name, JsonNode value, int minLength, int maxLength) {
    if (!value.isTextual()) {
      wrong(name, "must be a string, but is " + kindOf(value));
      return "";
    }
    String text = value.textValue();
    int length = text.codePointCount(0, text.length());
    if (length < minLength || length > maxLength) {
      wrong(
          name,
          "must be %d to %d characters long, but is %d".formatted(minLength, maxLength, length));
    } else if (!isText(text)) {
      wrong(name, "must not contain control characters or broken surrogates");
    }
    return text;
  }

  private static boolean isText(String text) {
    int at = 0;
    while (at < text.length()) {
      int codePoint = text.codePointAt(at);
      if (isControl(codePoint) || isHalf(codePoint)) {
        return false;
      }
      at += Character.charCount(codePoint);
    }
    return true;
  }

  private static boolean isControl(int codePoint) {
    return codePoint < ' ' || codePoint == DELETE;
  }

  /** Of a surrogate pair. */
  private static boolean isHalf(int codePoint) {
    return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
  }

  /** Java reads more than the usual form, so what it read is written again and compared. */
  static Optional<UUID> uuid(String text) {
    try {
      UUID uuid = UUID.fromString(text);
      return uuid.toString().equalsIgnoreCase(text) ? Optional.of(uuid) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Says that a member is wrong. */
  void wrong(String name, String detail) {
    errors.add(new FieldError(pointer + "/" + name, detail));
  }

  static String kindOf(JsonNode node) {
    return switch (node.getNodeType()) {
      case ARRAY -> "an array";
      case OBJECT -> "an object";
      default -> "a " + node.getNodeType().name().toLowerCase(Locale.ROOT);
    };
  }
}
