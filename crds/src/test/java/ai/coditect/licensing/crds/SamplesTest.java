package ai.coditect.licensing.crds;

import static ai.coditect.licensing.crds.Kubectl.kubectl;
import static ai.coditect.licensing.crds.Kubectl.namespace;
import static ai.coditect.licensing.crds.Kubectl.succeed;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a user may copy is taken by a real API server, and says when to use it. */
@Tag("kubernetes")
class SamplesTest {

  private static final Path SAMPLES = Path.of("../config/samples");

  @BeforeAll
  static void installTheCrds() {
    Kubectl.installTheCrds();
  }

  static Stream<Path> wishes() throws IOException {
    try (var files = Files.walk(SAMPLES)) {
      return files
          .filter(file -> Files.isRegularFile(file) && !file.getParent().equals(SAMPLES))
          .sorted()
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("wishes")
  void isTaken(Path file) {
    var applied = kubectl("-n", namespace(), "apply", "-f", file.toString());
    assertThat(applied.exitCode()).as(applied.output()).isZero();
  }

  @ParameterizedTest
  @MethodSource("wishes")
  void saysWhenToUseIt(Path file) throws IOException {
    assertThat(Files.readString(file)).startsWith("# ");
  }

  /** hack/quickstart and the README rely on what the kustomization applies. */
  @Test
  void kustomizationNamesEveryFileBesideIt() throws IOException {
    var kustomization = Files.readString(SAMPLES.resolve("kustomization.yaml"));
    try (var files = Files.list(SAMPLES)) {
      assertThat(files.filter(Files::isRegularFile).map(file -> file.getFileName().toString()))
          .allMatch(
              name -> name.equals("kustomization.yaml") || kustomization.contains("- " + name));
    }
  }

  @Test
  void kustomizationAppliesWhatTheQuickstartNeeds() {
    assertThat(succeed("-n", namespace(), "apply", "-k", SAMPLES.toString(), "-o", "name").lines())
        .containsExactlyInAnyOrder(
            "tenant.licensing.coditect.ai/acme",
            "licensepool.licensing.coditect.ai/cad",
            "licensepool.licensing.coditect.ai/render");
  }
}
