package ai.coditect.licensing.devstack.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContainerRunnerTest {

  private static final Duration DEADLINE = Duration.ofSeconds(20);
  private static final String IMAGE = "example.org/sleep:1";
  private static final Clock CLOCK = Clock.systemUTC();

  private final Pod pod =
      new PodBuilder()
          .withNewMetadata()
          .withName("web-1")
          .withNamespace("shop")
          .withUid("uid-1")
          .endMetadata()
          .withNewSpec()
          .withRestartPolicy("Always")
          .addNewContainer()
          .withName("web")
          .withImage(IMAGE)
          .endContainer()
          .endSpec()
          .build();

  @TempDir private Path pods;
  private PodFolder folder;

  @BeforeEach
  void makeFolder() throws IOException {
    folder = PodFolder.of(pods, pod);
    folder.create();
  }

  @Test
  void leavesNoProcessWhereItGivesUp() {
    Failing failing = new Failing();
    ContainerRunner runner = runner(failing);

    runner.start();

    assertThat(runner.ended()).succeedsWithin(DEADLINE);
    assertThat(failing.process.join().isAlive()).isFalse();
  }

  @Test
  void isAtItsEndWhereItIsStoppedBeforeItsStart() {
    ContainerRunner runner = runner(new Failing());

    runner.stop(new StopOrder(Duration.ZERO, false));

    assertThat(runner.ended()).isDone();
  }

  private ContainerRunner runner(ContainerRunner.Listening listening) {
    return new ContainerRunner(
        () -> pod,
        folder,
        planner(),
        listening,
        ContainerReport.creating("web", IMAGE, Optional.empty(), 0),
        CLOCK,
        () -> {});
  }

  private ContainerPlanner planner() {
    Config nowhere = new ConfigBuilder(Config.empty()).withMasterUrl("https://127.0.0.1:1").build();
    KubernetesClient client = new KubernetesClientBuilder().withConfig(nowhere).build();
    ReferencedObjects none = new ClusterObjects(client);
    DownwardFields fields = new DownwardFields(pod, "10.244.0.2", AddressBook.NODE_IP);
    VolumeContents contents =
        new VolumeContents(pod, none, new ServiceAccountTokens(client, CLOCK), fields);
    Kubeconfig kubeconfig = new Kubeconfig(client);
    return new ContainerPlanner(
        Map.of(IMAGE, new Recipe(IMAGE, List.of("sleep", "600"), Map.of())),
        new PodVolumes(pod, folder, contents, kubeconfig),
        new ContainerEnvironment("shop", none, fields),
        kubeconfig);
  }

  /** Fails as nobody foresaw, once the process runs. */
  private final class Failing implements ContainerRunner.Listening {

    private final CompletableFuture<ProcessHandle> process = new CompletableFuture<>();

    @Override
    public void begin(ContainerPlan plan) {
      Path id = folder.processId("web");
      await().atMost(DEADLINE).until(() -> Files.exists(id) && !Files.readString(id).isBlank());
      process.complete(running(id));
      throw new IllegalStateException("not foreseen");
    }

    @Override
    public void end(ContainerPlan plan) {}

    private static ProcessHandle running(Path id) {
      try {
        return ProcessHandle.of(Long.parseLong(Files.readString(id).strip())).orElseThrow();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
