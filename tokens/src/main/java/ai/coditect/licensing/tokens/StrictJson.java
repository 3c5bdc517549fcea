package ai.coditect.licensing.tokens;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads one JSON object and nothing after it. What two readers might understand differently is an
 * error: a name that occurs twice, at whatever depth, and half of a surrogate pair.
 */
final class StrictJson {

  /** Of objects and arrays, the outermost counted. */
  private static final int MAX_DEPTH = 8;

  /** Of a whole number that may fit into 64 bits. */
  private static final int MAX_DIGITS = 20;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          // Names come from strangers: they must not stay in memory.
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  // What is read is not long, and a long number is not converted.
                  .maxNumberLength(Integer.MAX_VALUE)
                  .maxNameLength(Integer.MAX_VALUE)
                  .build())
          .build();

  /** What is neither text, whole number, truth, array nor object; no claim may be it. */
  private static final Object OTHER = new Object();

  private StrictJson() {}

  /** A JSON object. */
  record Members(Map<String, Object> byName) {}

  static Map<String, Object> read(String text) throws IOException {
    try (JsonParser json = FACTORY.createParser(text)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("Not an object");
      }
      Map<String, Object> members = members(json);
      if (json.nextToken() != null) {
        throw new IOException("Something follows the object");
      }
      return members;
    }
  }

  private static Map<String, Object> members(JsonParser json) throws IOException {
    Map<String, Object> members = new HashMap<>();
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String name = whole(json.currentName());
      json.nextToken();
      members.put(name, value(json));
    }
    return members;
  }

  private static List<Object> items(JsonParser json) throws IOException {
    List<Object> items = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      items.add(value(json));
    }
    return items;
  }

  private static Object value(JsonParser json) throws IOException {
    return switch (json.currentToken()) {
      case VALUE_STRING -> whole(json.getText());
      case VALUE_NUMBER_INT -> json.getTextLength() > MAX_DIGITS ? OTHER : json.getNumberValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case START_OBJECT -> new Members(members(json));
      case START_ARRAY -> items(json);
      default -> OTHER;
    };
  }

  private static String whole(String text) throws IOException {
    if (text.codePoints().anyMatch(point -> Character.getType(point) == Character.SURROGATE)) {
      throw new IOException("Half a character");
    }
    return text;
  }
}
