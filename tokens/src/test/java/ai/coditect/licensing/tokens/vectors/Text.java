package ai.coditect.licensing.tokens.vectors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A text that may be long, since parts of it are one thing over and over. */
record Text(List<Piece> pieces) {

  static Text of(String text) {
    return new Text(List.of(new Piece(text, 1)));
  }

  Text then(String text) {
    return then(new Piece(text, 1));
  }

  Text thenTimes(int times, String text) {
    return then(new Piece(text, times));
  }

  private Text then(Piece piece) {
    return new Text(Stream.concat(pieces.stream(), Stream.of(piece)).toList());
  }

  String whole() {
    StringBuilder whole = new StringBuilder();
    pieces.forEach(piece -> whole.append(piece.text().repeat(piece.times())));
    return whole.toString();
  }

  /** A string, or an array of its pieces. */
  JsonNode json() {
    if (pieces.size() == 1 && pieces.getFirst().times() == 1) {
      return JsonNodeFactory.instance.textNode(pieces.getFirst().text());
    }
    var array = JsonNodeFactory.instance.arrayNode();
    pieces.forEach(piece -> array.add(piece.json()));
    return array;
  }

  static Text read(JsonNode json) {
    if (json.isTextual()) {
      return of(json.textValue());
    }
    List<Piece> pieces = new ArrayList<>();
    json.forEach(piece -> pieces.add(Piece.read(piece)));
    return new Text(pieces);
  }

  record Piece(String text, int times) {

    private JsonNode json() {
      return times == 1
          ? JsonNodeFactory.instance.textNode(text)
          : JsonNodeFactory.instance.objectNode().put("repeat", text).put("times", times);
    }

    private static Piece read(JsonNode json) {
      if (json.isTextual()) {
        return new Piece(json.textValue(), 1);
      }
      Fields fields = new Fields(json);
      Piece piece = new Piece(fields.text("repeat"), (int) fields.number("times"));
      fields.requireNoMore();
      return piece;
    }
  }
}
