package ai.coditect.licensing.tokens.vectors;

import ai.coditect.licensing.tokens.Reason;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a verifier is given, and what it must say. Its form as a file is explained in {@code
 * clients/vectors/README.md}.
 *
 * @param now seconds since 1970
 * @param roots pinned, as PEM
 * @param statement empty where the token is that of a borrowed seat
 */
record Vector(
    String description,
    long now,
    List<String> roots,
    Optional<String> tenant,
    Optional<String> product,
    Optional<String> hardware,
    Optional<Text> statement,
    Text token,
    Optional<Revocations> revocations,
    Verdict verdict) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * A list with its statement.
   *
   * @param statement empty where it is a tenant's last list
   * @param seen the highest sequence that was seen before, or zero
   */
  record Revocations(Text list, Optional<Text> statement, long seen) {

    private JsonNode json() {
      ObjectNode json = JsonNodeFactory.instance.objectNode();
      json.set("list", list.json());
      statement.ifPresent(text -> json.set("statement", text.json()));
      return json.put("seen", seen);
    }

    private static Revocations read(JsonNode json) {
      Fields fields = new Fields(json);
      Revocations read =
          new Revocations(
              Text.read(fields.get("list")),
              fields.find("statement").map(Text::read),
              fields.number("seen"));
      fields.requireNoMore();
      return read;
    }
  }

  /** Either the token's claims, or why it is refused. */
  record Verdict(Optional<JsonNode> claims, Optional<Reason> reason) {

    private JsonNode json() {
      ObjectNode json = JsonNodeFactory.instance.objectNode();
      claims.ifPresent(all -> json.set("claims", all));
      reason.ifPresent(why -> json.put("reason", why.name()));
      return json;
    }

    private static Verdict read(JsonNode json) {
      Fields fields = new Fields(json);
      Verdict read =
          new Verdict(fields.find("claims"), fields.findText("reason").map(Reason::valueOf));
      fields.requireNoMore();
      return read;
    }
  }

  /** As its file holds it. */
  String file() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("description", description).put("now", now);
    ArrayNode pinned = json.putArray("roots");
    roots.forEach(pinned::add);
    tenant.ifPresent(value -> json.put("tenant", value));
    product.ifPresent(value -> json.put("product", value));
    hardware.ifPresent(value -> json.put("hardware", value));
    statement.ifPresent(text -> json.set("statement", text.json()));
    json.set("token", token.json());
    revocations.ifPresent(value -> json.set("revocations", value.json()));
    json.set("verdict", verdict.json());
    return json.toPrettyString() + "\n";
  }

  /** Fails where the file holds anything that is not read. */
  static Vector read(String file) {
    Fields fields = new Fields(tree(file));
    List<String> roots = new ArrayList<>();
    fields.get("roots").forEach(root -> roots.add(root.textValue()));
    Vector vector =
        new Vector(
            fields.text("description"),
            fields.number("now"),
            roots,
            fields.findText("tenant"),
            fields.findText("product"),
            fields.findText("hardware"),
            fields.find("statement").map(Text::read),
            Text.read(fields.get("token")),
            fields.find("revocations").map(Revocations::read),
            Verdict.read(fields.get("verdict")));
    fields.requireNoMore();
    return vector;
  }

  static JsonNode tree(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }
}
