package ai.coditect.licensing.crds;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Writes down a CRD as a section of {@code docs/reference.md}: every field and every rule. */
final class Reference {

  /** What a field's row says. A bound that no row says would be kept from the reader. */
  private static final Set<String> KNOWN =
      Set.of(
          "description",
          "type",
          "format",
          "default",
          "enum",
          "pattern",
          "minLength",
          "maxLength",
          "minimum",
          "maximum",
          "minItems",
          "maxItems",
          "minProperties",
          "maxProperties",
          "items",
          "properties",
          "additionalProperties",
          "required",
          "anyOf",
          "x-kubernetes-int-or-string",
          "x-kubernetes-list-type",
          "x-kubernetes-list-map-keys",
          "x-kubernetes-map-type",
          "x-kubernetes-preserve-unknown-fields",
          "x-kubernetes-validations");

  private final JsonNode spec;
  private final JsonNode version;
  private final JsonNode root;
  private final StringBuilder page = new StringBuilder();

  private Reference(JsonNode crd) {
    spec = crd.get("spec");
    version = spec.at("/versions/0");
    root = version.at("/schema/openAPIV3Schema");
  }

  static String section(JsonNode crd) {
    return new Reference(crd).section();
  }

  private String section() {
    line("## " + spec.at("/names/kind").asText());
    line("");
    line(root.get("description").asText());
    line("");
    line(names());
    line("");
    columns();
    fields("spec");
    rules();
    fields("status");
    return page.toString();
  }

  private String names() {
    var scale = version.at("/subresources/scale/specReplicasPath").asText();
    return "`apiVersion: %s/%s` · short name `%s`%s"
        .formatted(
            spec.get("group").asText(),
            version.get("name").asText(),
            spec.at("/names/shortNames/0").asText(),
            scale.isEmpty() ? "" : " · `kubectl scale` sets `%s`".formatted(scale.substring(1)));
  }

  private void columns() {
    line("| column of `kubectl get` | |");
    line("|---|---|");
    for (var column : version.get("additionalPrinterColumns")) {
      var wide = column.path("priority").asInt() > 0 ? " (`-o wide`)" : "";
      var meaning = column.path("description").asText("Since when the resource exists.");
      line("| %s%s | %s |".formatted(column.get("name").asText(), wide, meaning));
    }
    line("");
  }

  private void fields(String part) {
    var schema = root.at("/properties/" + part);
    line("### `" + part + "`");
    line("");
    line(schema.get("description").asText());
    line("");
    line("| field | type | default | meaning |");
    line("|---|---|---|---|");
    children(part, schema);
    line("");
  }

  private void children(String path, JsonNode schema) {
    schema
        .path("properties")
        .properties()
        .forEach(
            field ->
                field(
                    path + "." + field.getKey(),
                    field.getValue(),
                    isRequired(schema, field.getKey())));
    if (schema.has("items")) {
      children(path + "[]", schema.get("items"));
    }
    if (schema.path("additionalProperties").isObject()) {
      children(path + ".*", schema.get("additionalProperties"));
    }
  }

  private void field(String path, JsonNode schema, boolean required) {
    var meaning = schema.get("description").asText() + (isImmutable(path) ? " **Immutable.**" : "");
    line(
        "| `%s` | %s | %s | %s |"
            .formatted(path, cell(type(path, schema)), standard(schema, required), cell(meaning)));
    children(path, schema);
  }

  private void rules() {
    var rules = new LinkedHashMap<String, List<String>>();
    collect("", root, rules);
    line("What must hold beyond that; a change that breaks it is refused with these words:");
    line("");
    line("| of | rule |");
    line("|---|---|");
    rules.forEach(
        (path, messages) ->
            messages.forEach(message -> line("| `%s` | %s |".formatted(path, cell(message)))));
    line("");
  }

  private static void collect(String path, JsonNode schema, Map<String, List<String>> rules) {
    for (var rule : schema.path("x-kubernetes-validations")) {
      rules
          .computeIfAbsent(target(path, rule), _ -> new ArrayList<>())
          .add(rule.get("message").asText());
    }
    schema
        .path("properties")
        .properties()
        .forEach(field -> collect(path + "." + field.getKey(), field.getValue(), rules));
    if (schema.has("items")) {
      collect(path + "[]", schema.get("items"), rules);
    }
  }

  private boolean isImmutable(String path) {
    return isImmutable("", root, "." + path);
  }

  private static boolean isImmutable(String at, JsonNode schema, String path) {
    var here =
        StreamSupport.stream(schema.path("x-kubernetes-validations").spliterator(), false)
            .filter(rule -> rule.get("message").asText().contains("is immutable"))
            .anyMatch(rule -> ("." + target(at, rule)).equals(path));
    return here
        || schema.path("properties").properties().stream()
            .anyMatch(field -> isImmutable(at + "." + field.getKey(), field.getValue(), path));
  }

  private static String target(String path, JsonNode rule) {
    return (path + rule.path("fieldPath").asText()).substring(1);
  }

  private static String type(String path, JsonNode schema) {
    var unknown = new TreeSet<String>();
    schema.fieldNames().forEachRemaining(unknown::add);
    unknown.removeAll(KNOWN);
    if (!unknown.isEmpty()) {
      throw new IllegalStateException(
          "The reference says nothing of %s of %s: teach it".formatted(unknown, path));
    }
    var said = new ArrayList<String>();
    said.add(name(path, schema));
    range(schema, "minLength", "maxLength", " characters").ifPresent(said::add);
    range(schema, "minimum", "maximum", "").ifPresent(said::add);
    range(schema, "minProperties", "maxProperties", " entries").ifPresent(said::add);
    if (schema.has("pattern")) {
      said.add("`%s`".formatted(schema.get("pattern").asText()));
    }
    return String.join(", ", said);
  }

  private static String name(String path, JsonNode schema) {
    if (schema.has("enum")) {
      return StreamSupport.stream(schema.get("enum").spliterator(), false)
          .map(choice -> "`%s`".formatted(choice.asText()))
          .collect(Collectors.joining(" or "));
    }
    if (schema.path("x-kubernetes-int-or-string").asBoolean()) {
      return "integer or string";
    }
    return switch (schema.get("type").asText()) {
      case "array" ->
          "list (%s) of %s".formatted(entries(schema), type(path + "[]", schema.get("items")));
      case "object" ->
          schema.has("additionalProperties")
              ? "map of " + type(path + ".*", schema.get("additionalProperties"))
              : "object";
      case "string" -> schema.has("format") ? schema.get("format").asText() : "string";
      default -> schema.get("type").asText();
    };
  }

  private static String entries(JsonNode list) {
    var number = range(list, "minItems", "maxItems", "").orElse("of any length");
    return switch (list.path("x-kubernetes-list-type").asText()) {
      case "set" -> number + ", each once";
      case "map" ->
          "%s, each `%s` once".formatted(number, list.at("/x-kubernetes-list-map-keys/0").asText());
      default -> number;
    };
  }

  private static Optional<String> range(JsonNode schema, String least, String most, String unit) {
    if (schema.has(least) && schema.has(most)) {
      return Optional.of(
          "%s to %s%s".formatted(schema.get(least).asText(), schema.get(most).asText(), unit));
    }
    if (schema.has(most)) {
      return Optional.of("at most %s%s".formatted(schema.get(most).asText(), unit));
    }
    return schema.has(least)
        ? Optional.of("at least %s%s".formatted(schema.get(least).asText(), unit))
        : Optional.empty();
  }

  private static String standard(JsonNode schema, boolean required) {
    if (required) {
      return "required";
    }
    return schema.has("default") ? "`%s`".formatted(text(schema.get("default"))) : "";
  }

  private static String text(JsonNode value) {
    return value.isTextual() ? value.asText() : value.toString();
  }

  private static boolean isRequired(JsonNode parent, String name) {
    return StreamSupport.stream(parent.path("required").spliterator(), false)
        .anyMatch(required -> required.asText().equals(name));
  }

  private static String cell(String text) {
    return text.replace("|", "\\|").strip();
  }

  private void line(String text) {
    page.append(text).append('\n');
  }
}
