package ai.coditect.licensing.devstack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * The kubectl of a cluster, run in the checkout.
 *
 * @param program of the cluster's version
 * @param variables with which it finds the cluster
 */
record Kubectl(Path program, Map<String, String> variables) {

  Kubectl {
    variables = Map.copyOf(variables);
  }

  /** Answers its output; it must end with 0. */
  String run(String... arguments) {
    var command = new ArrayList<>(List.of(program.toString()));
    command.addAll(List.of(arguments));
    try {
      var builder =
          new ProcessBuilder(command).directory(Platform.HOME.toFile()).redirectErrorStream(true);
      builder.environment().putAll(variables);
      var process = builder.start();
      var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as("%s: %s", command, output).isZero();
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Of a pool in the default namespace. */
  String licenseKey(String pool) {
    var encoded = run("get", "secret", pool + "-license-key", "-o", "jsonpath={.data.license-key}");
    return new String(Base64.getDecoder().decode(encoded.strip()), StandardCharsets.UTF_8);
  }
}
