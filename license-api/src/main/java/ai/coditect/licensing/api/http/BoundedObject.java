package ai.coditect.licensing.api.http;

import ai.coditect.licensing.api.http.Problem.FieldError;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.function.Predicate;

/**
 * Reads a value that should be an object: of the members that are wanted their text or what kind
 * they are, of all others nothing. Ends the request where it has too many members: the parser, to
 * find one that occurs twice, keeps all names of the objects it is in.
 */
final class BoundedObject {

  /** Those of inner objects counted too. */
  static final int MAX_MEMBERS = 64;

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final JsonParser parser;
  private final String pointer;
  private final Predicate<String> wanted;
  private int members;

  private BoundedObject(JsonParser parser, String pointer, Predicate<String> wanted) {
    this.parser = parser;
    this.pointer = pointer;
    this.wanted = wanted;
  }

  /**
   * The parser's current value; what is no object is told by its kind.
   *
   * @param pointer where it stands in the body
   * @param wanted whether a member of this name is to be kept
   * @throws ProblemException where it has too many members; what follows is not read
   */
  static JsonNode read(JsonParser parser, String pointer, Predicate<String> wanted)
      throws IOException {
    BoundedObject object = new BoundedObject(parser, pointer, wanted);
    return parser.currentToken() == JsonToken.START_OBJECT ? object.members() : object.kept();
  }

  private ObjectNode members() throws IOException {
    ObjectNode object = NODES.objectNode();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      countMember();
      String name = parser.currentName();
      parser.nextToken();
      if (wanted.test(name)) {
        object.set(name, kept());
      } else {
        skip();
      }
    }
    return object;
  }

  /** The current value: text and numbers as they are, of everything else only what kind it is. */
  private JsonNode kept() throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> {
        skip();
        yield NODES.objectNode();
      }
      case START_ARRAY -> {
        skip();
        yield NODES.arrayNode();
      }
      case VALUE_STRING -> NODES.textNode(parser.getText());
      case VALUE_TRUE, VALUE_FALSE -> NODES.booleanNode(parser.getBooleanValue());
      case VALUE_NULL -> NODES.nullNode();
      // Too large a number is infinite, which no member may be.
      default -> NODES.numberNode(parser.getDoubleValue());
    };
  }

  private void skip() throws IOException {
    int depth = step(0);
    while (depth > 0) {
      JsonToken token = parser.nextToken();
      if (token == JsonToken.FIELD_NAME) {
        countMember();
      }
      depth = step(depth);
    }
  }

  private int step(int depth) {
    JsonToken token = parser.currentToken();
    if (token.isStructStart()) {
      return depth + 1;
    }
    return token.isStructEnd() ? depth - 1 : depth;
  }

  private void countMember() {
    if (++members > MAX_MEMBERS) {
      String detail =
          "must have %d members at most, those of inner objects counted too".formatted(MAX_MEMBERS);
      throw new ProblemException(Problem.invalid(List.of(new FieldError(pointer, detail))));
    }
  }
}
