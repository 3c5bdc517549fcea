package ai.coditect.licensing.api.http;

import ai.coditect.licensing.api.http.Problem.FieldError;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Reads an array of sessions while it arrives, and of each nothing but its id: a body of a megabyte
 * can hold hundreds of thousands of objects.
 */
final class SessionList {

  static final int MAX_ENTRIES = 1_000;

  private static final String SESSION_ID = "session_id";
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final List<UUID> sessions = new ArrayList<>();
  private final List<FieldError> errors = new ArrayList<>();

  private SessionList() {}

  /**
   * The sessions that the body names.
   *
   * @throws ProblemException where the body is something else
   */
  static List<UUID> from(Json json, RequestBody body) {
    return json.read(body, parser -> new SessionList().read(parser));
  }

  private List<UUID> read(JsonParser parser) throws IOException {
    JsonToken first = parser.nextToken();
    if (first == null) {
      throw Json.empty();
    }
    if (first == JsonToken.START_ARRAY) {
      entries(parser);
    } else {
      JsonNode other = withoutContents(parser);
      errors.add(new FieldError("", "must be an array, but is " + JsonFields.kindOf(other)));
    }
    requireEnd(parser);
    if (!errors.isEmpty()) {
      throw new ProblemException(Problem.invalid(errors));
    }
    return sessions;
  }

  private void entries(JsonParser parser) throws IOException {
    int count = 0;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (count < MAX_ENTRIES) {
        entry(parser, count);
      } else {
        parser.skipChildren();
      }
      count++;
    }
    if (count < 1 || count > MAX_ENTRIES) {
      errors.add(
          new FieldError(
              "", "must have 1 to %d entries, but has %d".formatted(MAX_ENTRIES, count)));
    }
  }

  private void entry(JsonParser parser, int index) throws IOException {
    JsonNode entry =
        parser.currentToken() == JsonToken.START_OBJECT
            ? onlySessionId(parser)
            : withoutContents(parser);
    JsonFields fields = new JsonFields(entry, "/" + index, errors);
    sessions.add(fields.requiredUuid(SESSION_ID));
  }

  private static ObjectNode onlySessionId(JsonParser parser) throws IOException {
    ObjectNode object = NODES.objectNode();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      boolean wanted = parser.currentName().equals(SESSION_ID);
      parser.nextToken();
      JsonNode value = withoutContents(parser);
      if (wanted) {
        object.set(SESSION_ID, value);
      }
    }
    return object;
  }

  /** The current value: text as it is, of everything else only what kind it is. */
  private static JsonNode withoutContents(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> {
        parser.skipChildren();
        yield NODES.objectNode();
      }
      case START_ARRAY -> {
        parser.skipChildren();
        yield NODES.arrayNode();
      }
      case VALUE_STRING -> NODES.textNode(parser.getText());
      case VALUE_TRUE, VALUE_FALSE -> NODES.booleanNode(parser.getBooleanValue());
      case VALUE_NULL -> NODES.nullNode();
      default -> NODES.numberNode(0);
    };
  }

  private static void requireEnd(JsonParser parser) throws IOException {
    if (parser.nextToken() != null) {
      throw new com.fasterxml.jackson.core.JsonParseException(
          parser, "Something follows the array");
    }
  }
}
