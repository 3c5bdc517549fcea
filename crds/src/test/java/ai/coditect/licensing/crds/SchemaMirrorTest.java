package ai.coditect.licensing.crds;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.crds.LicensePoolSpec.NamedKey;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.kubernetes.client.CustomResource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The records and the CRDs say the same, field by field. */
class SchemaMirrorTest {

  private static final Map<Class<?>, String> SCALARS =
      Map.of(
          String.class, "string",
          int.class, "integer/int32",
          Integer.class, "integer/int32",
          long.class, "integer/int64",
          Long.class, "integer/int64",
          Instant.class, "string/date-time");

  @Test
  void tenantSpecHasTheSchemasFields() {
    assertThat(fields(TenantSpec.class)).isEqualTo(fields("tenants.yaml", "spec"));
  }

  @Test
  void tenantStatusHasTheSchemasFields() {
    assertThat(fields(TenantStatus.class)).isEqualTo(fields("tenants.yaml", "status"));
  }

  @Test
  void licensePoolSpecHasTheSchemasFields() {
    assertThat(fields(LicensePoolSpec.class)).isEqualTo(fields("licensepools.yaml", "spec"));
  }

  @Test
  void licensePoolStatusHasTheSchemasFields() {
    assertThat(fields(LicensePoolStatus.class)).isEqualTo(fields("licensepools.yaml", "status"));
  }

  @Test
  void onlyKeyIsAsTheSchemaWouldMakeIt() {
    var defaults = schema("licensepools.yaml", "spec").at("/properties/keys/items/properties");
    assertThat(NamedKey.DEFAULT)
        .isEqualTo(
            new NamedKey(
                "default",
                defaults.at("/rotation/default").asInt(-1),
                defaults.at("/overlapSeconds/default").asInt(-1)));
  }

  /**
   * A primitive cannot say that it is absent, and of a choice null says something else, so the API
   * server must always send them.
   */
  @ParameterizedTest
  @CsvSource({
    "tenants.yaml, spec, ai.coditect.licensing.crds.TenantSpec",
    "licensepools.yaml, spec, ai.coditect.licensing.crds.LicensePoolSpec"
  })
  void everyPrimitiveAndChoiceIsRequiredOrHasDefault(String crd, String part, Class<?> record) {
    assertThat(perhapsAbsent("", record, schema(crd, part))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "tenants.yaml, spec",
    "tenants.yaml, status",
    "licensepools.yaml, spec",
    "licensepools.yaml, status"
  })
  void everyFieldIsBoundedAndDescribed(String crd, String part) {
    assertThat(shortcomings(part, schema(crd, part))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "tenants.yaml, ai.coditect.licensing.crds.Tenant",
    "licensepools.yaml, ai.coditect.licensing.crds.LicensePool"
  })
  void kindAndNamesAreThoseOfTheCrd(String crd, Class<?> kind) throws ReflectiveOperationException {
    var resource = (CustomResource<?, ?>) kind.getDeclaredConstructor().newInstance();
    var spec = crd(crd).get("spec");
    assertThat(
            Map.of(
                "group", resource.getGroup(),
                "version", resource.getVersion(),
                "kind", resource.getKind(),
                "plural", resource.getPlural(),
                "singular", resource.getSingular()))
        .isEqualTo(
            Map.of(
                "group", spec.get("group").asText(),
                "version", spec.at("/versions/0/name").asText(),
                "kind", spec.at("/names/kind").asText(),
                "plural", spec.at("/names/plural").asText(),
                "singular", spec.at("/names/singular").asText()));
  }

  private static Map<String, String> fields(Class<?> record) {
    var fields = new TreeMap<String, String>();
    collect("", record, fields);
    return fields;
  }

  private static void collect(String path, Type type, Map<String, String> fields) {
    if (type instanceof ParameterizedType map && map.getRawType() == Map.class) {
      fields.put(path, "map");
      collect(path + "{}", map.getActualTypeArguments()[1], fields);
    } else if (type instanceof ParameterizedType list) {
      fields.put(path, "array");
      collect(path + "[]", list.getActualTypeArguments()[0], fields);
    } else if (type instanceof Class<?> scalar && SCALARS.containsKey(scalar)) {
      fields.put(path, SCALARS.get(scalar));
    } else if (type instanceof Class<?> choice && choice.isEnum()) {
      fields.put(path, "string" + names(choice));
    } else {
      fields.put(path, "object");
      for (var component : ((Class<?>) type).getRecordComponents()) {
        collect(path + "." + component.getName(), component.getGenericType(), fields);
      }
    }
  }

  private static Map<String, String> fields(String crd, String part) {
    var fields = new TreeMap<String, String>();
    collect("", schema(crd, part), fields);
    return fields;
  }

  private static void collect(String path, JsonNode schema, Map<String, String> fields) {
    var type = schema.has("additionalProperties") ? "map" : schema.get("type").asText();
    switch (type) {
      case "array" -> {
        fields.put(path, type);
        collect(path + "[]", schema.get("items"), fields);
      }
      case "map" -> {
        fields.put(path, type);
        collect(path + "{}", schema.get("additionalProperties"), fields);
      }
      case "object" -> {
        fields.put(path, type);
        schema
            .get("properties")
            .properties()
            .forEach(field -> collect(path + "." + field.getKey(), field.getValue(), fields));
      }
      default -> fields.put(path, type + format(schema) + choices(schema));
    }
  }

  private static Map<String, String> perhapsAbsent(String path, Class<?> type, JsonNode schema) {
    var absent = new TreeMap<String, String>();
    for (var component : type.getRecordComponents()) {
      var name = path + "." + component.getName();
      boolean mustBeThere = component.getType().isPrimitive() || component.getType().isEnum();
      if (mustBeThere && !isAlwaysThere(schema, component)) {
        absent.put(name, "neither required nor defaulted");
      }
      if (component.getType().isRecord()) {
        var field = schema.at("/properties/" + component.getName());
        absent.putAll(perhapsAbsent(name, component.getType(), field));
      }
    }
    return absent;
  }

  private static boolean isAlwaysThere(JsonNode schema, RecordComponent component) {
    var required =
        StreamSupport.stream(schema.at("/required").spliterator(), false)
            .anyMatch(name -> name.asText().equals(component.getName()));
    return required || schema.at("/properties/" + component.getName()).has("default");
  }

  private static Map<String, String> shortcomings(String path, JsonNode schema) {
    var found = new TreeMap<String, String>();
    if (!schema.has("description")) {
      found.put(path, "no description");
    }
    if (!isBounded(path, schema)) {
      found.put(path, "no bounds");
    }
    if (schema.has("items")) {
      found.putAll(shortcomings(path + "[]", schema.get("items")));
    }
    if (schema.has("additionalProperties")) {
      found.putAll(shortcomings(path + "{}", schema.get("additionalProperties")));
    }
    schema
        .path("properties")
        .properties()
        .forEach(
            field -> found.putAll(shortcomings(path + "." + field.getKey(), field.getValue())));
    return found;
  }

  /** What the operator alone counts, in a status, needs no upper end. */
  private static boolean isBounded(String path, JsonNode schema) {
    return switch (schema.get("type").asText()) {
      case "object" -> !schema.has("additionalProperties") || schema.has("maxProperties");
      case "array" -> schema.has("maxItems");
      case "integer" ->
          schema.has("minimum") && (path.startsWith("status") || schema.has("maximum"));
      default -> schema.has("maxLength") || schema.has("enum") || schema.has("format");
    };
  }

  private static String format(JsonNode schema) {
    return schema.has("format") ? "/" + schema.get("format").asText() : "";
  }

  private static String choices(JsonNode schema) {
    return schema.has("enum")
        ? StreamSupport.stream(schema.get("enum").spliterator(), false)
            .map(JsonNode::asText)
            .sorted()
            .collect(Collectors.joining("|", "(", ")"))
        : "";
  }

  private static String names(Class<?> choice) {
    return Arrays.stream(choice.getEnumConstants())
        .map(Object::toString)
        .sorted()
        .collect(Collectors.joining("|", "(", ")"));
  }

  private static JsonNode schema(String crd, String part) {
    return crd(crd).at("/spec/versions/0/schema/openAPIV3Schema/properties/" + part);
  }

  private static JsonNode crd(String name) {
    try (var file = Tenant.class.getResourceAsStream(name)) {
      return new YAMLMapper().readTree(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
