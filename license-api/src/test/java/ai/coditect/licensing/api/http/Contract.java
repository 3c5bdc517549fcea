package ai.coditect.licensing.api.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** openapi.yaml, as something that answers can be held against. */
final class Contract {

  private static final Path FILE = Path.of("openapi.yaml");
  private static final String LOCATION = "https://coditect.example/openapi.yaml";

  private static final Pattern NUMBER = Pattern.compile("-?[1-9][0-9]*|0");

  private static final Pattern BROKEN_SURROGATE =
      Pattern.compile("\\\\ud[89ab]..(?!\\\\ud[c-f])", Pattern.CASE_INSENSITIVE);

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

  /**
   * What the exchange does otherwise; nothing is said of paths that the contract does not have. A
   * request that was served must be one that the contract allows, and one that was called invalid
   * must be one that it forbids.
   */
  List<String> violations(HttpRequest request, String body, HttpResponse<String> answer) {
    Optional<String> template = template(request.uri().getPath());
    if (template.isEmpty()) {
      return List.of();
    }
    String method = request.method().toLowerCase(Locale.ROOT);
    String what = request.method() + " " + template.get() + " " + answer.statusCode();
    String pointer = "/paths/%s/%s".formatted(escaped(template.get()), method);
    JsonNode operation = document.at(pointer);
    if (operation.isMissingNode()) {
      return answer.statusCode() == 405 ? List.of() : List.of(what + " answers");
    }
    List<String> violations = new ArrayList<>();
    violations.addAll(ofRequest(what, pointer, request, body, answer));
    violations.addAll(ofAnswer(what, pointer, answer));
    return violations;
  }

  private List<String> ofRequest(
      String what, String pointer, HttpRequest request, String body, HttpResponse<String> answer) {
    List<String> faults = new ArrayList<>(parameterFaults(pointer, request));
    faults.addAll(bodyFaults(pointer, request, body));
    if (answer.statusCode() < 300) {
      return faults.stream().map(fault -> what + " although " + fault).toList();
    }
    boolean calledInvalid = answer.body().contains(ProblemType.INVALID_REQUEST.urn());
    return calledInvalid && faults.isEmpty()
        ? List.of(what + " calls invalid what the contract allows: " + body)
        : List.of();
  }

  private List<String> parameterFaults(String pointer, HttpRequest request) {
    List<String> faults = new ArrayList<>();
    JsonNode parameters = document.at(pointer).path("parameters");
    for (int i = 0; i < parameters.size(); i++) {
      String name = parameters.get(i).path("name").asText();
      List<String> sent =
          switch (parameters.get(i).path("in").asText()) {
            case "header" -> request.headers().allValues(name);
            case "query" -> queried(request, name);
            default -> List.of();
          };
      if (sent.isEmpty()) {
        continue;
      }
      String schema = pointer + "/parameters/" + i + "/schema";
      boolean isNumber = document.at(schema + "/type").asText().equals("integer");
      String text = String.join(",", sent);
      String json =
          isNumber && NUMBER.matcher(text).matches() ? text : new TextNode(text).toString();
      faults.addAll(faults(schema, json));
      if (sent.size() > 1) {
        faults.add(name + " is sent twice");
      }
    }
    return faults;
  }

  private static List<String> queried(HttpRequest request, String name) {
    return Stream.of(Objects.requireNonNullElse(request.uri().getQuery(), "").split("&"))
        .filter(pair -> pair.startsWith(name + "="))
        .map(pair -> pair.substring(name.length() + 1))
        .toList();
  }

  private List<String> bodyFaults(String pointer, HttpRequest request, String body) {
    JsonNode content = document.at(pointer).path("requestBody").path("content");
    if (content.isMissingNode()) {
      return List.of();
    }
    String contentType = mediaType(request.headers());
    if (!content.has(contentType)) {
      return List.of("the request is of type " + contentType);
    }
    if (BROKEN_SURROGATE.matcher(body).find()) {
      return List.of("it holds half a character, which no schema can forbid");
    }
    return faults(pointer + "/requestBody/content/" + escaped(contentType) + "/schema", body);
  }

  private List<String> ofAnswer(String what, String operation, HttpResponse<String> answer) {
    String pointer = operation + "/responses/" + answer.statusCode();
    JsonNode response = document.at(pointer);
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

  private List<String> missingHeaders(String what, JsonNode response, HttpResponse<String> answer) {
    return response.path("headers").properties().stream()
        .filter(header -> resolved(header.getValue()).path("required").asBoolean())
        .map(Map.Entry::getKey)
        .filter(name -> answer.headers().firstValue(name).isEmpty())
        .map(name -> what + " has no header " + name)
        .toList();
  }

  private List<String> body(
      String what, String pointer, JsonNode response, HttpResponse<String> answer) {
    String contentType = mediaType(answer.headers());
    if (!response.path("content").has(contentType)) {
      return List.of(what + " is of type " + contentType);
    }
    if (!contentType.endsWith("json")) {
      return List.of();
    }
    return faults(pointer + "/content/" + escaped(contentType) + "/schema", answer.body()).stream()
        .map(fault -> what + ": " + fault)
        .toList();
  }

  /** What the JSON has that the schema does not allow. */
  private List<String> faults(String pointer, String json) {
    try {
      return schemas
          .getSchema(SchemaLocation.of(LOCATION + "#" + pointer))
          .validate(
              json,
              InputFormat.JSON,
              context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)))
          .stream()
          .map(Error::toString)
          .toList();
    } catch (UncheckedIOException | IllegalArgumentException e) {
      return List.of("it is not JSON");
    }
  }

  private JsonNode resolved(JsonNode node) {
    return node.has("$ref") ? document.at(node.get("$ref").asText().substring(1)) : node;
  }

  private static String mediaType(HttpHeaders headers) {
    return headers.firstValue("Content-Type").orElse("").split(";", 2)[0].toLowerCase(Locale.ROOT);
  }

  private static String escaped(String name) {
    return name.replace("/", "~1");
  }
}
