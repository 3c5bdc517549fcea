package ai.coditect.licensing.crds;

import static ai.coditect.licensing.crds.Kubectl.kubectl;
import static ai.coditect.licensing.crds.Kubectl.succeed;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The one file that {@code hack/install-yaml} prints installs what the kustomization does. */
@Tag("kubernetes")
class InstallYamlTest {

  @Test
  void nothingDiffersFromTheKustomizationAfterItWasApplied(@TempDir Path folder)
      throws IOException, InterruptedException {
    var file = folder.resolve("install.yaml");
    print(file);
    succeed("apply", "-f", file.toString());
    var diff = kubectl("diff", "-k", "../config/default");
    assertThat(diff.output()).isEmpty();
    assertThat(diff.exitCode()).isZero();
  }

  private static void print(Path file) throws IOException, InterruptedException {
    var process =
        new ProcessBuilder("../hack/install-yaml")
            .redirectOutput(file.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertThat(process.waitFor()).isZero();
  }
}
