package ai.coditect.licensing.crds;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * What in a CRD would refuse, change or lose an object that an earlier version of it took: each
 * said in a sentence with the place where it is.
 */
final class CrdChanges {

  private static final List<String> UPPER_BOUNDS =
      List.of("maximum", "maxLength", "maxItems", "maxProperties");
  private static final List<String> LOWER_BOUNDS =
      List.of("minimum", "minLength", "minItems", "minProperties");

  /** What must stay as it was, whether or not it was there. */
  private static final List<String> FIXED =
      List.of(
          "type",
          "format",
          "pattern",
          "default",
          "x-kubernetes-int-or-string",
          "x-kubernetes-list-type",
          "x-kubernetes-list-map-keys",
          "x-kubernetes-map-type",
          "x-kubernetes-preserve-unknown-fields");

  private final List<String> breaks = new ArrayList<>();

  private CrdChanges() {}

  static List<String> breaks(JsonNode before, JsonNode now) {
    var changes = new CrdChanges();
    changes.crd(before.get("spec"), now.get("spec"));
    return changes.breaks;
  }

  private void crd(JsonNode before, JsonNode now) {
    for (var fixed : List.of("group", "scope")) {
      fixed("the CRD", fixed, before, now);
    }
    for (var name : List.of("kind", "plural", "singular")) {
      fixed("names", name, before.get("names"), now.get("names"));
    }
    for (var version : before.get("versions")) {
      var name = version.get("name").asText();
      find(now.get("versions"), name)
          .ifPresentOrElse(
              same -> version(version, same),
              () -> breaks.add("version %s is gone".formatted(name)));
    }
  }

  private static Optional<JsonNode> find(JsonNode versions, String name) {
    return StreamSupport.stream(versions.spliterator(), false)
        .filter(version -> version.get("name").asText().equals(name))
        .findFirst();
  }

  private void version(JsonNode before, JsonNode now) {
    var name = before.get("name").asText();
    if (before.get("served").asBoolean() && !now.get("served").asBoolean()) {
      breaks.add("version %s is not served any more".formatted(name));
    }
    before
        .path("subresources")
        .properties()
        .forEach(
            subresource ->
                fixed(
                    "subresources",
                    subresource.getKey(),
                    before.get("subresources"),
                    now.path("subresources")));
    var schema = "/schema/openAPIV3Schema";
    field("", before.at(schema), now.at(schema));
  }

  private void field(String path, JsonNode before, JsonNode now) {
    FIXED.forEach(fixed -> fixed(name(path), fixed, before, now));
    UPPER_BOUNDS.forEach(bound -> bound(path, bound, before, now, comparison -> comparison < 0));
    LOWER_BOUNDS.forEach(bound -> bound(path, bound, before, now, comparison -> comparison > 0));
    choices(path, before, now);
    required(path, before, now);
    rules(path, before, now);
    children(path, before, now);
  }

  private void fixed(String of, String keyword, JsonNode before, JsonNode now) {
    if (!before.path(keyword).equals(now.path(keyword))) {
      breaks.add(
          "%s: %s was %s and is %s"
              .formatted(of, keyword, said(before.path(keyword)), said(now.path(keyword))));
    }
  }

  private void bound(
      String path, String bound, JsonNode before, JsonNode now, IntPredicate narrower) {
    if (!now.has(bound)) {
      return;
    }
    if (!before.has(bound)
        || narrower.test(Long.compare(now.get(bound).asLong(), before.get(bound).asLong()))) {
      breaks.add(
          "%s: %s was %s and is %s"
              .formatted(name(path), bound, said(before.path(bound)), said(now.get(bound))));
    }
  }

  private void choices(String path, JsonNode before, JsonNode now) {
    if (!now.has("enum")) {
      return;
    }
    if (!before.has("enum")) {
      breaks.add("%s: only some values are taken any more".formatted(name(path)));
    }
    missing(texts(before.path("enum")), texts(now.get("enum")))
        .forEach(value -> breaks.add("%s: the value %s is gone".formatted(name(path), value)));
  }

  /** What is required and has a default is never absent. */
  private void required(String path, JsonNode before, JsonNode now) {
    missing(texts(now.path("required")), texts(before.path("required"))).stream()
        .filter(field -> !now.at("/properties/" + field).has("default"))
        .forEach(field -> breaks.add("%s is required now".formatted(name(path + "." + field))));
  }

  private void rules(String path, JsonNode before, JsonNode now) {
    var known = rules(before);
    for (var rule : now.path("x-kubernetes-validations")) {
      if (!known.contains(rule.get("rule").asText())) {
        breaks.add("%s: a rule is new: %s".formatted(name(path), rule.get("message").asText()));
      }
    }
  }

  private void children(String path, JsonNode before, JsonNode now) {
    for (var field : before.path("properties").properties()) {
      var child = path + "." + field.getKey();
      var there = now.path("properties").path(field.getKey());
      if (there.isMissingNode()) {
        breaks.add("%s is gone".formatted(name(child)));
      } else {
        field(child, field.getValue(), there);
      }
    }
    if (before.has("items") && now.has("items")) {
      field(path + "[]", before.get("items"), now.get("items"));
    }
    if (before.path("additionalProperties").isObject()) {
      field(path + ".*", before.get("additionalProperties"), now.path("additionalProperties"));
    }
  }

  private static Set<String> rules(JsonNode schema) {
    return StreamSupport.stream(schema.path("x-kubernetes-validations").spliterator(), false)
        .map(rule -> rule.get("rule").asText())
        .collect(Collectors.toSet());
  }

  private static List<String> missing(List<String> wanted, List<String> there) {
    var present = new HashSet<>(there);
    return wanted.stream().filter(value -> !present.contains(value)).toList();
  }

  private static List<String> texts(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asText).toList();
  }

  private static String name(String path) {
    return path.isEmpty() ? "the object" : path.substring(1);
  }

  private static String said(JsonNode value) {
    return value.isMissingNode() ? "not there" : value.toString();
  }
}
