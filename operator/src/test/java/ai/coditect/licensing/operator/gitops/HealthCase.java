package ai.coditect.licensing.operator.gitops;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A resource and what a GitOps tool must see in it: a line of a {@code health_test.yaml}.
 *
 * @param folder of the kind's health script
 * @param health Argo CD's word
 * @param message Argo CD's sentence
 * @param kstatus the word of Flux and every other reader of kstatus
 * @param file the resource
 */
record HealthCase(Path folder, String health, String message, String kstatus, Path file) {

  static final Path KINDS =
      Path.of("../config/argocd/resource_customizations/licensing.coditect.ai");

  private static final YAMLMapper YAML = new YAMLMapper();

  static Stream<HealthCase> all() {
    return Stream.of("Tenant", "LicensePool").map(KINDS::resolve).flatMap(HealthCase::of);
  }

  static List<Path> files(Path folder) throws IOException {
    try (var files = Files.list(folder.resolve("testdata"))) {
      return files.sorted().toList();
    }
  }

  JsonNode object() {
    return read(file);
  }

  @Override
  public String toString() {
    return folder.getFileName() + " " + file.getFileName();
  }

  private static Stream<HealthCase> of(Path folder) {
    return StreamSupport.stream(
            read(folder.resolve("health_test.yaml")).get("tests").spliterator(), false)
        .map(
            test ->
                new HealthCase(
                    folder,
                    test.at("/healthStatus/status").asText(),
                    test.at("/healthStatus/message").asText(),
                    test.get("kstatus").asText(),
                    folder.resolve(test.get("inputPath").asText())));
  }

  private static JsonNode read(Path file) {
    try {
      return YAML.readTree(file.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
