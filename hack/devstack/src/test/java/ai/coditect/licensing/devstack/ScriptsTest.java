package ai.coditect.licensing.devstack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the scripts of this checkout answer to whoever tries them. */
class ScriptsTest {

  @TempDir private Path temp;

  private record Ended(int status, String output, String errors) {}

  @ParameterizedTest
  @ValueSource(
      strings = {
        ".ci/run",
        ".github/scripts/check-migrations",
        ".github/scripts/check-workflows",
        ".github/test",
        "clients/python/test",
        "config/test",
        "hack/cost",
        "hack/delivery/deploy",
        "hack/delivery/test",
        "hack/images",
        "hack/images-check",
        "hack/install-yaml",
        "hack/kubernetes/install",
        "hack/manifests/tools",
        "hack/quickstart",
        "hack/schemathesis/run",
        "hack/test",
        "hack/tofu/tools",
        "opentofu/import-infrastructure.sh",
        "opentofu/offline-plan",
        "opentofu/readmes",
        "opentofu/sign-in-providers",
        "opentofu/test",
      })
  void helpsAndRefusesWhatItDoesNotKnow(String command) throws Exception {
    var helped = run(command, "--help");
    assertThat(helped.status()).as(helped.errors()).isZero();
    assertThat(helped.output())
        .containsIgnoringCase("usage: ")
        .contains(Path.of(command).getFileName().toString());

    var refused = run(command, "--no-such-option");
    assertThat(refused.status()).as(refused.errors()).isEqualTo(2);
    assertThat(refused.errors()).isNotBlank();
    assertThat(refused.output()).isEmpty();
  }

  private Ended run(String... command) throws IOException, InterruptedException {
    var errors = temp.resolve("errors");
    var process =
        new ProcessBuilder(List.of(command))
            .directory(Platform.HOME.toFile())
            .redirectInput(new File("/dev/null"))
            .redirectError(errors.toFile())
            .start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return new Ended(process.exitValue(), output, Files.readString(errors));
  }
}
