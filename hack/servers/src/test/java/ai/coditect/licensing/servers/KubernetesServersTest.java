package ai.coditect.licensing.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ai.coditect.licensing.servers.KubernetesServers.Component;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("kubernetes")
class KubernetesServersTest {

  private static final KubernetesBinaries BINARIES = KubernetesBinaries.locate();

  @TempDir Path temp;

  @Test
  void keepsObjectsTokensAndAddressInAFolderWithBlanks() throws Exception {
    var folder = temp.resolve("a folder with blanks");
    String kubeconfig;
    try (var servers = KubernetesServers.start(BINARIES, folder, Set.of())) {
      kubeconfig = Files.readString(servers.kubeconfig());
      kubectl(servers, "create", "configmap", "kept");
    }
    try (var servers = KubernetesServers.start(BINARIES, folder, Set.of())) {
      assertThat(kubectl(servers, "get", "configmap", "kept", "-o", "name"))
          .contains("configmap/kept");
      assertThat(Files.readString(servers.kubeconfig())).isEqualTo(kubeconfig);
    }
  }

  @Test
  void schedulesThePodsOfADeployment() throws Exception {
    try (var servers = KubernetesServers.start(BINARIES, temp, EnumSet.allOf(Component.class))) {
      kubectl(servers, "create", "deployment", "some", "--image=some");
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(
              () ->
                  assertThat(
                          kubectl(
                              servers,
                              "get",
                              "pods",
                              "-o",
                              "jsonpath={.items[*].status.conditions[*].reason}"))
                      .contains("Unschedulable"));
    }
  }

  @Test
  void takesOverFromARunThatWasKilled() throws Exception {
    kubectl(KubernetesServers.start(BINARIES, temp, Set.of()), "create", "configmap", "kept");
    var abandoned = new PidFile(temp.resolve("etcd.pid")).running().orElseThrow();

    try (var servers = KubernetesServers.start(BINARIES, temp, Set.of())) {
      assertThat(abandoned.isAlive()).isFalse();
      assertThat(kubectl(servers, "get", "configmap", "kept", "-o", "name"))
          .contains("configmap/kept");
    }
  }

  @Test
  void leavesNoProcessBehind() throws Exception {
    List<ProcessHandle> started;
    try (var _ = KubernetesServers.start(BINARIES, temp, EnumSet.allOf(Component.class))) {
      started = processes(temp);
      assertThat(started).hasSize(4);
    }
    assertThat(started).noneMatch(ProcessHandle::isAlive);
  }

  @Test
  void givesTheAdministratorsRightsToTheirOwnerOnly() throws Exception {
    var permissions = Files.getPosixFilePermissions(KubernetesServers.shared().kubeconfig());
    assertThat(PosixFilePermissions.toString(permissions)).isEqualTo("rw-------");
  }

  @Test
  void saysWhereTheLogIsWhenAServerDoesNotStart() throws Exception {
    Files.createDirectories(temp.resolve("sa.key"));
    Files.writeString(temp.resolve("sa.pub"), "not a key");

    assertThatThrownBy(() -> KubernetesServers.start(BINARIES, temp, Set.of()))
        .isInstanceOf(ServerFailedException.class)
        .hasMessageContaining("kube-apiserver ended")
        .hasMessageContaining(temp.resolve("kube-apiserver.log").toString());
  }

  private static List<ProcessHandle> processes(Path folder) throws IOException {
    var found = new ArrayList<ProcessHandle>();
    try (var files = Files.newDirectoryStream(folder, "*.pid")) {
      files.forEach(file -> new PidFile(file).running().ifPresent(found::add));
    }
    return found;
  }

  private static String kubectl(KubernetesServers servers, String... arguments) throws Exception {
    var command = new ArrayList<>(List.of(servers.kubectl().toString()));
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("KUBECONFIG", servers.kubeconfig().toString());
    var process = builder.start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }
}
