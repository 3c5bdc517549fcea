package ai.coditect.licensing.crds;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.servers.KubernetesServers;
import java.io.IOException;
import java.util.UUID;
import java.util.stream.Stream;

/** A user at the terminal, on the real API server that the tests of this JVM share. */
final class Kubectl {

  record Result(int exitCode, String output) {}

  private Kubectl() {}

  static Result kubectl(String... arguments) {
    var servers = KubernetesServers.shared();
    var command = Stream.concat(Stream.of(servers.kubectl().toString()), Stream.of(arguments));
    var builder = new ProcessBuilder(command.toList()).redirectErrorStream(true);
    builder.environment().put("KUBECONFIG", servers.kubeconfig().toString());
    try {
      var process = builder.start();
      var output = new String(process.getInputStream().readAllBytes(), UTF_8);
      return new Result(process.waitFor(), output);
    } catch (IOException e) {
      throw new IllegalStateException("kubectl cannot be run", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while kubectl ran", e);
    }
  }

  static String succeed(String... arguments) {
    var result = kubectl(arguments);
    assertThat(result.exitCode()).as(result.output()).isZero();
    return result.output();
  }

  /** A namespace of this test's own. */
  static String namespace() {
    var name = "rules-" + UUID.randomUUID();
    succeed("create", "namespace", name);
    return name;
  }

  static void installTheCrds() {
    succeed("apply", "-k", "../config/crd");
    succeed(
        "wait",
        "--for=condition=Established",
        "--timeout=30s",
        "crd/tenants.licensing.coditect.ai",
        "crd/licensepools.licensing.coditect.ai");
  }
}
