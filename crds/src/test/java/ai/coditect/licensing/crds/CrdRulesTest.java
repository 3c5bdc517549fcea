package ai.coditect.licensing.crds;

import static ai.coditect.licensing.crds.Kubectl.kubectl;
import static ai.coditect.licensing.crds.Kubectl.namespace;
import static ai.coditect.licensing.crds.Kubectl.succeed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a user meets who applies a file: a real API server takes it or shows the rule's message.
 *
 * <p>A file {@code invalid-*.yaml} begins with the message it must meet, after {@code #}. Where a
 * file holds two documents, the second one changes the first.
 */
@Tag("kubernetes")
class CrdRulesTest {

  @TempDir Path folder;

  private static final Path FILES = Path.of("src/test/resources");
  private static final String SAMPLES = "../config/samples";

  @BeforeAll
  static void installTheCrds() {
    Kubectl.installTheCrds();
    // Descriptions are published a moment after the kinds themselves.
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> Stream.of("tenant", "licensepool").allMatch(CrdRulesTest::isExplained));
  }

  static Stream<Path> validFiles() throws IOException {
    return files("valid-");
  }

  static Stream<Path> invalidFiles() throws IOException {
    return files("invalid-");
  }

  @ParameterizedTest
  @MethodSource("validFiles")
  void isTaken(Path file) throws IOException {
    var namespace = namespace();
    for (var document : documents(file)) {
      var applied = apply(namespace, document);
      assertThat(applied.exitCode()).as(applied.output()).isZero();
    }
  }

  @ParameterizedTest
  @MethodSource("invalidFiles")
  void isRefusedWithTheMessageAtItsHead(Path file) throws IOException {
    var namespace = namespace();
    var documents = documents(file);
    for (var document : documents.subList(0, documents.size() - 1)) {
      var applied = apply(namespace, document);
      assertThat(applied.exitCode()).as(applied.output()).isZero();
    }
    var refused = apply(namespace, documents.getLast());
    assertThat(refused.output()).contains(expectedMessage(file));
    assertThat(refused.exitCode()).isEqualTo(1);
  }

  @Test
  void scaleChangesTheSeats() {
    var namespace = namespaceWithSamples();
    succeed("-n", namespace, "scale", "lpool/cad", "--replicas=50");
    assertThat(succeed("-n", namespace, "get", "lpool/cad", "-o", "jsonpath={.spec.seats}"))
        .isEqualTo("50");
  }

  @Test
  void scaleIsHeldWithinTheBoundsOfSeats() {
    var scaled = kubectl("-n", namespaceWithSamples(), "scale", "lpool/cad", "--replicas=1000001");
    assertThat(scaled.output()).contains("should be less than or equal to 1000000");
  }

  /** Readers of kstatus take a resource for ready whose status has nothing to compare. */
  @ParameterizedTest
  @CsvSource({"tenant/acme", "licensepool/cad"})
  void statusIsBehindUntilTheOperatorHasBegun(String resource) {
    var namespace = namespaceWithSamples();
    var observed = "jsonpath={.status.observedGeneration}";
    assertThat(succeed("-n", namespace, "get", resource, "-o", observed)).isEqualTo("-1");
  }

  @Test
  void nothingDiffersAfterTheSamplesWereApplied() {
    var diff = kubectl("-n", namespaceWithSamples(), "diff", "-k", SAMPLES);
    assertThat(diff.output()).isEmpty();
    assertThat(diff.exitCode()).isZero();
  }

  @Test
  void anotherManagerMayApplyTheSameSpecWithoutConflict() {
    var namespace = namespace();
    succeed("-n", namespace, "apply", "-k", SAMPLES, "--server-side", "--field-manager=first");
    succeed("-n", namespace, "apply", "-k", SAMPLES, "--server-side", "--field-manager=second");
  }

  /** A key by the name of default that nobody asked for would open the pool, too. */
  @Test
  void keysThatAreAppliedServerSideAreAllThereAre() throws IOException {
    var namespace = namespaceWithSamples();
    var pool =
        """
        apiVersion: licensing.coditect.ai/v1alpha1
        kind: LicensePool
        metadata:
          name: cad
        spec:
          keys:
            - name: resale
        """;
    var file = Files.writeString(folder.resolve("pool.yaml"), pool).toString();
    succeed("-n", namespace, "apply", "--server-side", "--field-manager=keys", "-f", file);
    assertThat(succeed("-n", namespace, "get", "lpool/cad", "-o", "jsonpath={.spec.keys[*].name}"))
        .isEqualTo("resale");
  }

  @Test
  void poolsCanBeListedByTheirTenant() {
    var listed =
        succeed(
            "-n",
            namespaceWithSamples(),
            "get",
            "lpool",
            "--field-selector=spec.tenantRef.name=acme",
            "-o",
            "name");
    assertThat(listed.lines()).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "ltn; NAME READY PODS ENDPOINT STATUS AGE",
        "lpool; NAME READY TENANT SEATS IN USE STATUS AGE"
      })
  void theTableShowsWhatMatters(String kind, String columns) {
    var table = succeed("-n", namespaceWithSamples(), "get", kind);
    assertThat(table.lines().findFirst().orElseThrow().replaceAll(" +", " ").strip())
        .isEqualTo(columns);
  }

  @ParameterizedTest
  @CsvSource({"tenant.spec", "licensepool.spec", "tenant.status", "licensepool.status.conditions"})
  void everyFieldIsExplained(String field) {
    assertThat(succeed("explain", field)).doesNotContain("<no description>");
  }

  private static Kubectl.Result apply(String namespace, String yaml) throws IOException {
    var file = Files.createTempFile("crd-rules", ".yaml");
    try {
      Files.writeString(file, yaml);
      return kubectl("-n", namespace, "apply", "-f", file.toString());
    } finally {
      Files.delete(file);
    }
  }

  private static String namespaceWithSamples() {
    var namespace = namespace();
    succeed("-n", namespace, "apply", "-k", SAMPLES);
    return namespace;
  }

  private static boolean isExplained(String kind) {
    return kubectl("explain", kind).exitCode() == 0;
  }

  private static Stream<Path> files(String prefix) throws IOException {
    try (var tree = Files.walk(FILES)) {
      return tree
          .filter(file -> file.getFileName().toString().startsWith(prefix))
          .sorted()
          .toList()
          .stream();
    }
  }

  private static List<String> documents(Path file) throws IOException {
    return List.of(Files.readString(file).split("(?m)^---$"));
  }

  private static String expectedMessage(Path file) throws IOException {
    return Files.readString(file).lines().findFirst().orElseThrow().replaceFirst("^# ", "");
  }
}
