package ai.coditect.licensing.operator.gitops;

import static ai.coditect.licensing.operator.cluster.Cluster.kubectl;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coditect.licensing.crds.LicensePool;
import ai.coditect.licensing.crds.Tenant;
import ai.coditect.licensing.operator.cluster.Scene;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Git says stays as it was said, with the operator at work and others who write the spec. */
@Tag("kubernetes")
class SharedSpecTest {

  private static final Path GOLDEN = Path.of("src/test/resources/golden");
  private static final String POOL =
      """
      apiVersion: licensing.coditect.ai/v1alpha1
      kind: LicensePool
      metadata:
        name: cad
      spec:
        tenantRef:
          name: acme
        product: acme-cad
      """;
  private static final String POOL_OF_THREE = POOL + "  seats: 3\n";

  private Scene scene;

  @BeforeEach
  void startTheOperator() {
    scene = Scene.withOperator();
  }

  @AfterEach
  void end() {
    scene.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"minimal", "every-field"})
  void nothingDiffersAfterApply(String folder) throws IOException {
    var files = files(folder);
    in(files, "apply");
    awaitReady();
    assertThat(in(files, "diff")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"minimal", "every-field"})
  void nothingDiffersAfterServerSideApply(String folder) throws IOException {
    var files = files(folder);
    in(files, "apply", "--server-side", "--field-manager=argocd-controller");
    awaitReady();
    var diff = in(files, "diff", "--server-side", "--field-manager=argocd-controller");
    assertThat(diff).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"minimal", "every-field"})
  void anotherManagerMayApplyTheSameSpecWithoutConflict(String folder) throws IOException {
    var files = files(folder);
    in(files, "apply");
    awaitReady();
    in(files, "apply", "--server-side", "--field-manager=argocd-controller");
  }

  @Test
  void operatorOwnsNothingButStatusAndFinalizer() throws IOException {
    in(files("every-field"), "apply");
    awaitReady();
    assertThat(ownedByTheOperator())
        .isNotEmpty()
        .allMatch(
            entry ->
                "status".equals(entry.getSubresource())
                    || "[f:metadata]"
                        .equals("" + entry.getFieldsV1().getAdditionalProperties().keySet()));
  }

  @Test
  void whoeverScalesTakesTheSeatsAndGitMeetsAConflict() throws IOException {
    gitApplies(POOL_OF_THREE);
    kubectl("-n", scene.namespace, "scale", "lpool/cad", "--replicas=4");
    assertThatThrownBy(() -> gitApplies(POOL_OF_THREE))
        .hasMessageContaining("conflict with \"kubectl\"")
        .hasMessageContaining(".spec.seats");
  }

  @Test
  void seatsThatGitDoesNotNameStayAsTheyWereScaled() throws IOException {
    gitApplies(POOL_OF_THREE);
    kubectl("-n", scene.namespace, "scale", "lpool/cad", "--replicas=4");
    gitApplies(POOL);
    assertThat(scene.pool("cad").get().getSpec().seats()).isEqualTo(4);
  }

  private void gitApplies(String yaml) throws IOException {
    var file = Files.createTempFile("git", ".yaml");
    try {
      Files.writeString(file, yaml);
      in(List.of(file), "apply", "--server-side", "--field-manager=argocd-controller");
    } finally {
      Files.delete(file);
    }
  }

  private String in(List<Path> files, String... verb) {
    var command = new ArrayList<>(List.of("-n", scene.namespace));
    command.addAll(List.of(verb));
    files.forEach(file -> command.addAll(List.of("-f", file.toString())));
    return kubectl(command.toArray(String[]::new));
  }

  /** Every resource of the namespace, so that the operator has written all that it will. */
  private void awaitReady() {
    resources()
        .forEach(
            resource ->
                kubectl(
                    "-n",
                    scene.namespace,
                    "wait",
                    "--for=condition=Ready",
                    "--timeout=%ds".formatted(Scene.PATIENCE.toSeconds()),
                    resource.getKind() + "/" + resource.getMetadata().getName()));
  }

  private List<ManagedFieldsEntry> ownedByTheOperator() {
    return resources()
        .flatMap(resource -> resource.getMetadata().getManagedFields().stream())
        .filter(entry -> !entry.getManager().startsWith("kubectl"))
        .toList();
  }

  private Stream<HasMetadata> resources() {
    var in = scene.namespace;
    return Stream.concat(
        scene.admin.resources(Tenant.class).inNamespace(in).list().getItems().stream(),
        scene.admin.resources(LicensePool.class).inNamespace(in).list().getItems().stream());
  }

  private static List<Path> files(String folder) throws IOException {
    try (var files = Files.list(GOLDEN.resolve(folder))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("in-"))
          .sorted()
          .toList();
    }
  }
}
