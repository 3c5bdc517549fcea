package ai.coditect.licensing.crds;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every way in which a CRD can fail those who use it already is seen, and no other change. */
class CrdChangesTest {

  private static final String BEFORE =
      """
      spec:
        group: example.com
        scope: Namespaced
        names: {kind: Thing, plural: things, singular: thing}
        versions:
          - name: v1
            served: true
            subresources:
              scale: {specReplicasPath: .spec.size}
            schema:
              openAPIV3Schema:
                type: object
                properties:
                  spec:
                    type: object
                    required: [size]
                    x-kubernetes-validations:
                      - {rule: self.size > 0, message: size must be positive}
                    properties:
                      size: {type: integer, format: int32, minimum: 1, maximum: 9}
                      colour: {type: string, enum: [Red, Blue], default: Red}
                      name: {type: string, minLength: 1, maxLength: 9, pattern: a+}
                      tags:
                        type: array
                        maxItems: 4
                        x-kubernetes-list-type: set
                        items: {type: string, maxLength: 5}
                      labels:
                        type: object
                        maxProperties: 3
                        additionalProperties: {type: string, maxLength: 7}
      """;

  static Stream<Arguments> breakingChanges() {
    return Stream.of(
        arguments(
            "group: example.com",
            "group: x.com",
            "the CRD: group was \"example.com\" and is \"x.com\""),
        arguments("Namespaced", "Cluster", "the CRD: scope was \"Namespaced\" and is \"Cluster\""),
        arguments("kind: Thing", "kind: Think", "names: kind was \"Thing\" and is \"Think\""),
        arguments("name: v1", "name: v2", "version v1 is gone"),
        arguments("served: true", "served: false", "version v1 is not served any more"),
        arguments(
            "scale: {specReplicasPath: .spec.size}",
            "status: {}",
            "subresources: scale was {\"specReplicasPath\":\".spec.size\"} and is not there"),
        arguments("colour:", "color:", "spec.colour is gone"),
        arguments(
            "type: integer", "type: string", "spec.size: type was \"integer\" and is \"string\""),
        arguments(
            "format: int32", "format: int64", "spec.size: format was \"int32\" and is \"int64\""),
        arguments("minimum: 1", "minimum: 2", "spec.size: minimum was 1 and is 2"),
        arguments("maximum: 9", "maximum: 8", "spec.size: maximum was 9 and is 8"),
        arguments("minLength: 1", "minLength: 2", "spec.name: minLength was 1 and is 2"),
        arguments("maxLength: 9", "maxLength: 8", "spec.name: maxLength was 9 and is 8"),
        arguments(
            "maxItems: 4",
            "maxItems: 4\n                  minItems: 1",
            "spec.tags: minItems was not there and is 1"),
        arguments("maxItems: 4", "maxItems: 3", "spec.tags: maxItems was 4 and is 3"),
        arguments("maxLength: 5", "maxLength: 4", "spec.tags[]: maxLength was 5 and is 4"),
        arguments(
            "maxProperties: 3", "maxProperties: 2", "spec.labels: maxProperties was 3 and is 2"),
        arguments("maxLength: 7", "maxLength: 6", "spec.labels.*: maxLength was 7 and is 6"),
        arguments("pattern: a+", "pattern: b+", "spec.name: pattern was \"a+\" and is \"b+\""),
        arguments(
            "list-type: set",
            "list-type: atomic",
            "spec.tags: x-kubernetes-list-type was \"set\" and is \"atomic\""),
        arguments("[Red, Blue]", "[Red]", "spec.colour: the value Blue is gone"),
        arguments(
            "maxLength: 5",
            "maxLength: 5, enum: [a]",
            "spec.tags[]: only some values are taken any more"),
        arguments(
            "default: Red", "default: Blue", "spec.colour: default was \"Red\" and is \"Blue\""),
        arguments("[size]", "[size, name]", "spec.name is required now"),
        arguments("self.size > 0", "self.size > 1", "spec: a rule is new: size must be positive"));
  }

  @ParameterizedTest
  @MethodSource("breakingChanges")
  void isSaidWithItsPlace(String was, String is, String sentence) throws IOException {
    assertThat(breaks(was, is)).containsExactly(sentence);
  }

  @Test
  void whatIsWiderOrNewBreaksNothing() throws IOException {
    assertThat(breaks("minimum: 1, maximum: 9", "maximum: 99")).isEmpty();
    assertThat(breaks("[Red, Blue]", "[Red, Blue, Green]")).isEmpty();
    assertThat(breaks("[size]", "[colour]")).isEmpty();
    assertThat(breaks("tags:", "other: {type: string, maxLength: 1}\n                tags:"))
        .isEmpty();
    assertThat(breaks("- {rule: self.size > 0, message: size must be positive}", "[]")).isEmpty();
  }

  private static List<String> breaks(String was, String is) throws IOException {
    assertThat(BEFORE).containsOnlyOnce(was);
    var yaml = new YAMLMapper();
    return CrdChanges.breaks(
        yaml.readTree(BEFORE.getBytes(UTF_8)),
        yaml.readTree(BEFORE.replace(was, is).getBytes(UTF_8)));
  }
}
