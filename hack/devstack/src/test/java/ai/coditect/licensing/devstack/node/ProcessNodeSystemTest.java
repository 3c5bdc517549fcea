package ai.coditect.licensing.devstack.node;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.devstack.balancer.Balancer;
import ai.coditect.licensing.servers.KubernetesBinaries;
import ai.coditect.licensing.servers.KubernetesServers;
import ai.coditect.licensing.servers.KubernetesServers.Component;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** The node and the balancer under real controllers and a real scheduler. */
@Tag("system")
class ProcessNodeSystemTest {

  @TempDir private static Path dir;

  private static final AtomicInteger TESTS = new AtomicInteger();
  private static KubernetesServers servers;
  private static KubernetesClient client;

  @BeforeAll
  static void startKubernetes() throws IOException {
    servers =
        KubernetesServers.start(
            KubernetesBinaries.locate(),
            dir.resolve("kubernetes"),
            EnumSet.of(Component.CONTROLLER_MANAGER, Component.SCHEDULER));
    Config config = Config.fromKubeconfig(Files.readString(servers.kubeconfig()));
    client = new KubernetesClientBuilder().withConfig(config).build();
  }

  @AfterAll
  static void stopKubernetes() {
    client.close();
    servers.close();
  }

  private static TinyPods newTinyPods() {
    return new TinyPods(client, "tiny-" + TESTS.incrementAndGet());
  }

  private static ConditionFactory eventually() {
    return Awaitility.await().atMost(Duration.ofSeconds(90)).pollInterval(Duration.ofMillis(200));
  }

  private static <T> UnaryOperator<T> asIs() {
    return UnaryOperator.identity();
  }

  private static Optional<ContainerStatus> container(Pod pod) {
    return pod.getStatus().getContainerStatuses().stream().findFirst();
  }

  private static boolean waitsFor(TinyPods tiny, String reason, String message) {
    return tiny.pods().stream()
        .flatMap(pod -> container(pod).stream())
        .map(status -> status.getState().getWaiting())
        .anyMatch(
            waiting ->
                waiting != null
                    && reason.equals(waiting.getReason())
                    && String.valueOf(waiting.getMessage()).contains(message));
  }

  @Nested
  @TestInstance(Lifecycle.PER_CLASS)
  class WhileItRuns {

    private final Path data = dir.resolve("stack with blanks");
    private ProcessNode node;
    private Balancer balancer;
    private TinyPods tiny;

    @BeforeAll
    void startNode() {
      node = ProcessNode.start(client, data, List.of(TinyPods.recipe()));
      balancer = Balancer.start(client, data, node);
    }

    @AfterAll
    void stopNode() {
      balancer.close();
      node.close();
    }

    @BeforeEach
    void makeNamespace() {
      tiny = newTinyPods();
    }

    @AfterEach
    void removeNamespace() {
      client.apps().deployments().inNamespace(tiny.namespace()).delete();
      eventually().until(() -> tiny.pods().isEmpty());
      client.namespaces().withName(tiny.namespace()).delete();
    }

    @Test
    void aDeploymentBecomesAvailable() {
      tiny.deploy(2, asIs(), asIs());
      eventually().until(tiny::isRolledOut);
      assertThat(tiny.pods())
          .hasSize(2)
          .allSatisfy(
              pod -> {
                assertThat(pod.getStatus().getPhase()).isEqualTo("Running");
                assertThat(pod.getStatus().getPodIP()).startsWith("10.");
                assertThat(container(pod))
                    .hasValueSatisfying(status -> assertThat(status.getReady()).isTrue());
              });
      assertThat(tiny.pods()).extracting(pod -> pod.getStatus().getPodIP()).doesNotHaveDuplicates();
    }

    @Test
    void aServiceIsReachableAndSaysWhere() throws Exception {
      tiny.deploy(1, asIs(), asIs());
      tiny.expose();
      eventually().until(tiny::isRolledOut);
      eventually().untilAsserted(() -> assertThat(get("/")).isEqualTo("hello"));
      eventually()
          .untilAsserted(
              () ->
                  assertThat(
                          client
                              .services()
                              .inNamespace(tiny.namespace())
                              .withName(TinyPods.NAME)
                              .get()
                              .getMetadata()
                              .getAnnotations())
                      .containsEntry(
                          Balancer.ADDRESS_ANNOTATION, "127.0.0.1:" + serviceAddress().getPort()));
    }

    @Test
    void aServiceKeepsItsPortInTheNextLifeOfTheBalancer() {
      tiny.expose();
      eventually().until(() -> address().isPresent());
      int before = serviceAddress().getPort();
      balancer.close();
      balancer = Balancer.start(client, data, node);
      assertThat(serviceAddress().getPort()).isEqualTo(before);
    }

    @Test
    void aRolloutUnderRequestsLosesNone() throws Exception {
      tiny.deploy(2, greeting("old").andThen(linger(3))::apply, asIs());
      tiny.expose();
      eventually().until(tiny::isRolledOut);
      eventually().untilAsserted(() -> assertThat(get("/")).isEqualTo("old"));

      Queue<String> failures = new ConcurrentLinkedQueue<>();
      AtomicInteger answers = new AtomicInteger();
      AtomicBoolean done = new AtomicBoolean();
      List<Thread> clients =
          Stream.generate(
                  () ->
                      Thread.startVirtualThread(
                          () -> {
                            while (!done.get()) {
                              try {
                                answers.addAndGet(get("/").isEmpty() ? 0 : 1);
                              } catch (IOException e) {
                                failures.add(e.toString());
                              }
                            }
                          }))
              .limit(4)
              .toList();
      client
          .apps()
          .deployments()
          .inNamespace(tiny.namespace())
          .withName(TinyPods.NAME)
          .edit(
              deployment ->
                  new DeploymentBuilder(deployment)
                      .editSpec()
                      .editTemplate()
                      .editSpec()
                      .editFirstContainer()
                      .editFirstEnv()
                      .withValue("new")
                      .endEnv()
                      .endContainer()
                      .endSpec()
                      .endTemplate()
                      .endSpec()
                      .build());
      try {
        eventually().until(() -> tiny.isRolledOut() && tiny.pods().size() == 2);
      } finally {
        done.set(true);
        for (Thread thread : clients) {
          thread.join();
        }
      }
      assertThat(failures).isEmpty();
      assertThat(answers.get()).isGreaterThan(100);
      assertThat(get("/")).isEqualTo("new");
    }

    @Test
    void aCrashingContainerBacksOffAndRecovers() {
      put(configMap("settings", "mood", "crash"));
      tiny.deploy(
          1,
          container ->
              container
                  .addNewEnv()
                  .withName("CRASH_FILE")
                  .withValue("/etc/tiny/mood")
                  .endEnv()
                  .addNewVolumeMount()
                  .withName("settings")
                  .withMountPath("/etc/tiny")
                  .endVolumeMount(),
          pod ->
              pod.addNewVolume()
                  .withName("settings")
                  .withNewConfigMap()
                  .withName("settings")
                  .endConfigMap()
                  .endVolume());
      eventually().until(() -> waitsFor(tiny, "CrashLoopBackOff", "back-off"));
      eventually()
          .untilAsserted(
              () ->
                  assertThat(container(tiny.pods().getFirst()))
                      .hasValueSatisfying(
                          status -> {
                            assertThat(status.getRestartCount()).isPositive();
                            assertThat(status.getLastState().getTerminated().getExitCode())
                                .isEqualTo(3);
                          }));
      put(configMap("settings", "mood", "calm"));
      eventually().until(tiny::isRolledOut);
    }

    @Test
    void anUnhealthyContainerIsStartedAgain() throws Exception {
      tiny.deploy(1, asIs(), asIs());
      tiny.expose();
      eventually().until(tiny::isRolledOut);
      eventually().untilAsserted(() -> assertThat(get("/fall-ill")).isEqualTo("ill"));
      eventually()
          .until(() -> container(tiny.pods().getFirst()).orElseThrow().getRestartCount() == 1);
      eventually().until(tiny::isRolledOut);
    }

    @Test
    void aDeletedPodIsToldAndGivenItsTime() throws Exception {
      tiny.deploy(
          1,
          container -> container.addNewEnv().withName("LINGER_MILLIS").withValue("1500").endEnv(),
          asIs());
      eventually().until(tiny::isRolledOut);
      Pod pod = tiny.pods().getFirst();
      client.resource(pod).delete();
      eventually().until(() -> client.resource(pod).get() == null);
      Path log =
          data.resolve("pods")
              .resolve(tiny.namespace() + "_" + pod.getMetadata().getName())
              .resolve("tiny.log");
      assertThat(log).content().contains("SIGTERM", "ended by itself");
      assertThat(data.resolve("pods").resolve(pod.getMetadata().getUid())).doesNotExist();
    }

    @Test
    void aPodThatDoesNotEndIsKilledAfterItsTime() {
      tiny.deploy(
          1,
          container -> container.addNewEnv().withName("LINGER_MILLIS").withValue("600000").endEnv(),
          pod -> pod.withTerminationGracePeriodSeconds(3L));
      eventually().until(tiny::isRolledOut);
      Pod pod = tiny.pods().getFirst();
      client.resource(pod).delete();
      Awaitility.await()
          .between(Duration.ofMillis(2500), Duration.ofSeconds(20))
          .until(() -> client.resource(pod).get() == null);
    }

    @Test
    void aSecretsNewContentIsSeen() throws Exception {
      put(secret("password", "word", "first"));
      tiny.deploy(
          1,
          container ->
              container
                  .addNewEnv()
                  .withName("FILE")
                  .withValue("/etc/secrets/word")
                  .endEnv()
                  .addNewVolumeMount()
                  .withName("password")
                  .withMountPath("/etc/secrets")
                  .endVolumeMount(),
          pod ->
              pod.addNewVolume()
                  .withName("password")
                  .withNewSecret()
                  .withSecretName("password")
                  .endSecret()
                  .endVolume());
      tiny.expose();
      eventually().until(tiny::isRolledOut);
      eventually().untilAsserted(() -> assertThat(get("/file")).isEqualTo("first"));
      put(secret("password", "word", "second"));
      eventually().untilAsserted(() -> assertThat(get("/file")).isEqualTo("second"));
    }

    @Test
    void aPodWaitsForAnObjectThatIsMissingAndSaysSo() {
      tiny.deploy(
          1,
          container -> container.addNewEnvFrom().withNewConfigMapRef("later", false).endEnvFrom(),
          asIs());
      eventually()
          .until(
              () -> waitsFor(tiny, "CreateContainerConfigError", "configmap \"later\" not found"));
      put(configMap("later", "GREETING", "finally"));
      eventually().until(tiny::isRolledOut);
    }

    @Test
    void anImageWithoutARecipeIsSaidToBeMissing() {
      tiny.deploy(1, container -> container.withImage("example.org/huge:9"), asIs());
      eventually().until(() -> waitsFor(tiny, "ErrImagePull", "example.org/huge:9"));
    }

    @Test
    void aPodSpeaksToTheApiServerAsItsServiceAccount() throws Exception {
      tiny.deploy(1, asIs(), asIs());
      tiny.expose();
      eventually().until(tiny::isRolledOut);
      eventually()
          .untilAsserted(
              () ->
                  assertThat(get("/who-am-i"))
                      .contains("system:serviceaccount:" + tiny.namespace() + ":default"));
    }

    private UnaryOperator<ContainerBuilder> greeting(String text) {
      return container -> container.addNewEnv().withName("GREETING").withValue(text).endEnv();
    }

    private UnaryOperator<ContainerBuilder> linger(long seconds) {
      return container ->
          container
              .withNewLifecycle()
              .withNewPreStop()
              .withNewSleep(seconds)
              .endPreStop()
              .endLifecycle();
    }

    private Optional<InetSocketAddress> address() {
      return balancer.address(tiny.namespace(), TinyPods.NAME, "http");
    }

    private InetSocketAddress serviceAddress() {
      return address().orElseThrow();
    }

    private String get(String path) throws IOException {
      HttpURLConnection connection =
          (HttpURLConnection)
              URI.create("http://127.0.0.1:" + serviceAddress().getPort() + path)
                  .toURL()
                  .openConnection();
      connection.setRequestProperty("Connection", "close");
      connection.setConnectTimeout(5_000);
      connection.setReadTimeout(20_000);
      return new String(connection.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private void put(ConfigMap configMap) {
      client.resource(configMap).forceConflicts().serverSideApply();
    }

    private void put(Secret secret) {
      client.resource(secret).forceConflicts().serverSideApply();
    }

    private ConfigMap configMap(String name, String key, String value) {
      return new ConfigMapBuilder()
          .withNewMetadata()
          .withName(name)
          .withNamespace(tiny.namespace())
          .endMetadata()
          .addToData(key, value)
          .build();
    }

    private Secret secret(String name, String key, String value) {
      return new SecretBuilder()
          .withNewMetadata()
          .withName(name)
          .withNamespace(tiny.namespace())
          .endMetadata()
          .addToStringData(key, value)
          .build();
    }
  }

  @Nested
  class OverItsLives {

    private final Path data = dir.resolve("lives");
    private final TinyPods tiny = newTinyPods();
    private final List<ProcessHandle> seen = new ArrayList<>();

    @AfterEach
    void removePods() {
      // A test that fails must leave nothing either.
      seen.forEach(ProcessHandle::destroyForcibly);
      whileANodeRuns(
          () -> {
            client.apps().deployments().inNamespace(tiny.namespace()).delete();
            eventually().until(() -> tiny.pods().isEmpty());
          });
    }

    @Test
    void itsPodsEndWithItAndRunAgainAfterwards() {
      List<ProcessHandle> first = new ArrayList<>();
      whileANodeRuns(
          () -> {
            tiny.deploy(2, asIs(), asIs());
            eventually().until(tiny::isRolledOut);
            first.addAll(processes());
          });
      assertThat(first).hasSize(2).noneMatch(ProcessHandle::isAlive);
      List<String> pods = uids();
      whileANodeRuns(
          () -> {
            eventually().until(() -> processes().size() == 2);
            eventually().until(tiny::isRolledOut);
            assertThat(uids()).containsExactlyInAnyOrderElementsOf(pods);
            assertThat(tiny.pods())
                .allMatch(pod -> container(pod).orElseThrow().getRestartCount() == 1);
          });
    }

    @Test
    void nothingIsLeftOfANodeThatWasKilled() throws Exception {
      Process killed = startNodeProgram();
      seen.add(killed.toHandle());
      tiny.deploy(2, asIs(), asIs());
      eventually().until(tiny::isRolledOut);
      List<ProcessHandle> orphans = processes();
      seen.addAll(orphans);
      killed.destroyForcibly().waitFor();
      assertThat(orphans).hasSize(2).allMatch(ProcessHandle::isAlive);

      whileANodeRuns(
          () -> {
            assertThat(orphans).noneMatch(ProcessHandle::isAlive);
            eventually().until(() -> processes().size() == 2);
            eventually().until(tiny::isRolledOut);
          });
    }

    private void whileANodeRuns(Runnable story) {
      ProcessNode node = ProcessNode.start(client, data, List.of(TinyPods.recipe()));
      try {
        story.run();
      } finally {
        node.close();
      }
    }

    private Process startNodeProgram() throws IOException {
      return new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin/java").toString(),
              "-cp",
              System.getProperty("java.class.path"),
              NodeProgram.class.getName(),
              servers.kubeconfig().toString(),
              data.toString())
          .redirectErrorStream(true)
          .redirectOutput(dir.resolve("killed.log").toFile())
          .start();
    }

    private List<String> uids() {
      return tiny.pods().stream().map(pod -> pod.getMetadata().getUid()).toList();
    }

    /** The processes of all pods, by the ids that they wrote. */
    private List<ProcessHandle> processes() {
      try (Stream<Path> files = Files.walk(data)) {
        return files
            .filter(Files::isRegularFile)
            .filter(path -> path.getParent().endsWith(Leftovers.FOLDER))
            .map(OverItsLives::process)
            .flatMap(Optional::stream)
            .toList();
      } catch (IOException | UncheckedIOException e) {
        return List.of();
      }
    }

    private static Optional<ProcessHandle> process(Path file) {
      try {
        return ProcessHandle.of(Long.parseLong(Files.readString(file).strip()));
      } catch (IOException | NumberFormatException e) {
        return Optional.empty();
      }
    }
  }
}
