package ai.coditect.licensing.operator;

import static ai.coditect.licensing.crds.Condition.Status.True;
import static ai.coditect.licensing.operator.Acme.TENANT;
import static ai.coditect.licensing.operator.Acme.awaitTenantServing;
import static ai.coditect.licensing.operator.cluster.Scene.has;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.coditect.licensing.operator.cluster.Cluster;
import ai.coditect.licensing.operator.cluster.Scene;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** A rollback leaves resources that only the newer version understands. */
@Tag("kubernetes")
@Isolated("It changes the schema of Tenants")
class NewerVersionTest {

  private static final String STATES =
      "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/state/enum/";

  @TempDir Path folder;

  @BeforeEach
  void installNewerSchema() {
    Cluster.installed();
    patchSchema("{\"op\": \"add\", \"path\": \"%s-\", \"value\": \"Archived\"}".formatted(STATES));
  }

  @AfterEach
  void installOwnSchema() {
    patchSchema("{\"op\": \"remove\", \"path\": \"%s2\"}".formatted(STATES));
  }

  @Test
  void oneUnknownValueStopsNothingButItsOwnResource() throws IOException {
    try (var scene = Scene.withoutOperator()) {
      applyOnceTheSchemaIsThere(scene, TENANT + "  state: Archived\n");
      scene.startOperator();
      scene.apply(TENANT.replace("acme", "globex"));
      scene.awaitTenant(
          "globex", status -> has("Ready", True, "Serving").test(status.conditions()));
      var status =
          scene.awaitTenant(
              "acme", there -> has("Stalled", True, "UnknownValue").test(there.conditions()));
      assertThat(status.conditions().getFirst().message()).contains("spec.state");
      assertThat(scene.registry.tenant("acme")).isEmpty();
      applyOnceTheSchemaIsThere(scene, TENANT + "  state: Active\n");
      awaitTenantServing(scene);
    }
  }

  /** By kubectl, since the records here do not know the value either. */
  private void applyOnceTheSchemaIsThere(Scene scene, String yaml) throws IOException {
    var file = Files.writeString(folder.resolve("tenant.yaml"), yaml).toString();
    await("the schema")
        .atMost(Scene.PATIENCE)
        .untilAsserted(
            () ->
                Cluster.kubectl(
                    "-n",
                    scene.namespace,
                    "apply",
                    "--server-side",
                    "--field-manager=user",
                    "-f",
                    file));
  }

  private static void patchSchema(String operation) {
    Cluster.kubectl(
        "patch", "crd/tenants.licensing.coditect.ai", "--type=json", "-p", "[" + operation + "]");
  }
}
