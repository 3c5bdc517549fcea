package ai.coditect.licensing.api.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** openapi.yaml, as something that answers can be held against. */
final class Contract {

  private static final Path FILE = Path.of("openapi.yaml");
  private static final String LOCATION = "https://coditect.example/openapi.yaml";

  private final JsonNode document;
  private final SchemaRegistry schemas;

  private Contract(JsonNode document, String text) {
    this.document = document;
    this.schemas =
        SchemaRegistry.withDialect(
            Dialects.getOpenApi31(), builder -> builder.schemas(Map.of(LOCATION, text)));
  }

  static Contract read() {
    try {
      String yaml = Files.readString(FILE);
      JsonNode document = new ObjectMapper(new YAMLFactory()).readTree(yaml);
      return new Contract(document, document.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Method and path of every operation. */
  Set<String> operations() {
    Set<String> operations = new TreeSet<>();
    document
        .path("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .fieldNames()
                    .forEachRemaining(
                        method ->
                            operations.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey())));
    return operations;
  }

  Set<String> problemTypes() {
    Set<String> types = new TreeSet<>();
    document
        .at("/components/schemas/Problem/properties/type/enum")
        .forEach(type -> types.add(type.asText()));
    return types;
  }

  /** What the answer does otherwise; nothing is said of paths that the contract does not have. */
  List<String> violations(String method, String path, HttpResponse<String> answer) {
    Optional<String> template = template(path);
    if (template.isEmpty()) {
      return List.of();
    }
    JsonNode operation =
        document.path("paths").path(template.get()).path(method.toLowerCase(Locale.ROOT));
    if (operation.isMissingNode()) {
      return answer.statusCode() == 405 ? List.of() : List.of(method + " " + path + " answers");
    }
    String what = method + " " + path + " " + answer.statusCode();
    JsonNode response = operation.path("responses").path(Integer.toString(answer.statusCode()));
    String pointer =
        "/paths/%s/%s/responses/%d"
            .formatted(
                template.get().replace("/", "~1"),
                method.toLowerCase(Locale.ROOT),
                answer.statusCode());
    if (response.has("$ref")) {
      pointer = response.get("$ref").asText().substring(1);
      response = document.at(pointer);
    }
    if (response.isMissingNode()) {
      return List.of(what + " is not in the contract");
    }
    List<String> violations = new ArrayList<>(missingHeaders(what, response, answer));
    violations.addAll(body(what, pointer, response, answer));
    return violations;
  }

  private Optional<String> template(String path) {
    for (var entry : document.path("paths").properties()) {
      if (path.matches(entry.getKey().replace(".", "\\.").replaceAll("\\{[^}]+}", "[^/]+"))) {
        return Optional.of(entry.getKey());
      }
    }
    return Optional.empty();
  }

  private static List<String> missingHeaders(
      String what, JsonNode response, HttpResponse<String> answer) {
    return response.path("headers").properties().stream()
        .map(Map.Entry::getKey)
        .filter(name -> answer.headers().firstValue(name).isEmpty())
        .map(name -> what + " has no header " + name)
        .toList();
  }

  private List<String> body(
      String what, String pointer, JsonNode response, HttpResponse<String> answer) {
    String contentType = answer.headers().firstValue("Content-Type").orElse("").split(";", 2)[0];
    if (!response.path("content").has(contentType)) {
      return List.of(what + " is of type " + contentType);
    }
    if (!contentType.endsWith("json")) {
      return List.of();
    }
    Schema schema =
        schemas.getSchema(
            SchemaLocation.of(
                LOCATION
                    + "#"
                    + pointer
                    + "/content/"
                    + contentType.replace("/", "~1")
                    + "/schema"));
    return schema
        .validate(
            answer.body(),
            InputFormat.JSON,
            context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)))
        .stream()
        .map(error -> what + ": " + error)
        .toList();
  }
}
