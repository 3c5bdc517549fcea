package ai.coditect.licensing.api.http;

import ai.coditect.licensing.api.http.Problem.FieldError;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
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
      JsonNode other = BoundedObject.read(parser, "", name -> false);
      errors.add(new FieldError("", "must be an array, but is " + JsonFields.kindOf(other)));
    }
    Json.requireEnd(parser);
    if (!errors.isEmpty()) {
      throw new ProblemException(Problem.invalid(errors));
    }
    return sessions;
  }

  private void entries(JsonParser parser) throws IOException {
    int count = 0;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      entry(parser, count);
      count++;
    }
    if (count < 1 || count > MAX_ENTRIES) {
      errors.add(
          new FieldError(
              "", "must have 1 to %d entries, but has %d".formatted(MAX_ENTRIES, count)));
    }
  }

  private void entry(JsonParser parser, int index) throws IOException {
    String pointer = "/" + index;
    JsonNode entry = BoundedObject.read(parser, pointer, SESSION_ID::equals);
    // Of those that are too many it is enough that they are counted.
    if (index < MAX_ENTRIES) {
      sessions.add(new JsonFields(entry, pointer, errors).requiredUuid(SESSION_ID));
    }
  }
}
