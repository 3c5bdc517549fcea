package ai.coditect.licensing.tokens.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** The members of a JSON object, each of which must be known to whoever reads it. */
final class Fields {

  private final JsonNode json;
  private final Set<String> unread = new HashSet<>();

  Fields(JsonNode json) {
    this.json = json;
    json.fieldNames().forEachRemaining(unread::add);
  }

  JsonNode get(String name) {
    return find(name).orElseThrow(() -> new AssertionError("no member " + name));
  }

  Optional<JsonNode> find(String name) {
    unread.remove(name);
    return Optional.ofNullable(json.get(name));
  }

  String text(String name) {
    JsonNode text = get(name);
    assertThat(text.isTextual()).as("%s is a string", name).isTrue();
    return text.textValue();
  }

  Optional<String> findText(String name) {
    return json.has(name) ? Optional.of(text(name)) : Optional.empty();
  }

  long number(String name) {
    JsonNode number = get(name);
    assertThat(number.isIntegralNumber()).as("%s is a whole number", name).isTrue();
    return number.longValue();
  }

  void requireNoMore() {
    assertThat(unread).as("members that nobody reads").isEmpty();
  }
}
