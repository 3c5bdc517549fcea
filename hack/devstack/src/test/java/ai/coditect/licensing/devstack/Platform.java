package ai.coditect.licensing.devstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.coditect.licensing.devstack.node.Recipe;
import ai.coditect.licensing.servers.KubernetesBinaries;
import ai.coditect.licensing.servers.PostgresServer;
import ai.coditect.licensing.servers.RedisServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The whole platform on a data folder of its own, the operator installed as its users do it. */
final class Platform implements AutoCloseable {

  static final Path HOME = Path.of("../..").toAbsolutePath().normalize();

  private final DataFolder data;
  private final Devstack devstack;

  private Platform(DataFolder data, Devstack devstack) {
    this.data = data;
    this.devstack = devstack;
  }

  /** Returns once the operator runs. */
  static Platform start(Path folder) {
    return start(folder, Path.of("config/default"), Images.recipes(HOME));
  }

  /**
   * As {@link #start(Path)}.
   *
   * @param overlay what is installed
   * @param images what pods can run
   */
  static Platform start(Path folder, Path overlay, List<Recipe> images) {
    var data = DataFolder.open(folder, false);
    var devstack = new Devstack(data, KubernetesBinaries.locate(), _ -> {}, images);
    var platform = new Platform(data, devstack);
    try {
      devstack.start();
      platform.kubectl("apply", "-k", overlay.toString());
      platform.kubectl("apply", "-f", devstack.operatorStores().toString());
      platform.kubectl(
          "-n",
          "licensing-system",
          "rollout",
          "status",
          "deployment/licensing-operator",
          "--timeout=240s");
      return platform;
    } catch (RuntimeException e) {
      platform.close();
      throw e;
    }
  }

  /** Applies resources to the default namespace. */
  void apply(String yaml) {
    try {
      var file = Files.writeString(data.folder("resources.yaml"), yaml);
      kubectl("apply", "-f", file.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs kubectl and answers its output; it must end with 0. */
  String kubectl(String... arguments) {
    return new Kubectl(kubectl(), variables()).run(arguments);
  }

  /** With which kubectl finds the cluster. */
  Map<String, String> variables() {
    return Map.of(
        "KUBECONFIG",
        devstack.kubernetes().kubeconfig().toString(),
        "KUBECACHEDIR",
        data.folder("kubectl").toString());
  }

  /** The kubectl of the cluster's version. */
  Path kubectl() {
    return devstack.kubernetes().kubectl();
  }

  /** Where the balancer serves a Service of the default namespace. */
  InetSocketAddress address(String service) {
    return address("default", service);
  }

  InetSocketAddress address(String namespace, String service) {
    var address =
        kubectl(
            "get",
            "service",
            service,
            "--namespace=" + namespace,
            "-o",
            "jsonpath={.metadata.annotations.devstack\\.coditect\\.ai/address}");
    var uri = URI.create("http://" + address.strip());
    return new InetSocketAddress(uri.getHost(), uri.getPort());
  }

  /** Where it keeps all its data and logs. */
  Path data() {
    return data.root();
  }

  Secrets secrets() {
    return Secrets.in(data);
  }

  /** Writes down what is alive in the memory of a Deployment's only pod. */
  void dumpHeap(String deployment, Path file) throws IOException, InterruptedException {
    var pod = awaitPods("default", deployment, 1, "uid").getFirst();
    var id = data.node().resolve("pods").resolve(pod).resolve("processes").resolve("api");
    var jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    var process =
        new ProcessBuilder(jcmd, Files.readString(id).strip(), "GC.heap_dump", file.toString())
            .redirectErrorStream(true)
            .start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
  }

  /** What the pods of a Deployment tell Prometheus. */
  String metrics(String namespace, String deployment, int pods, int port) {
    return awaitPods(namespace, deployment, pods, "name").stream()
        .map(
            pod -> "/api/v1/namespaces/%s/pods/%s:%d/proxy/metrics".formatted(namespace, pod, port))
        .map(path -> kubectl("get", "--raw", path))
        .collect(Collectors.joining());
  }

  /** Once there are as many, and their predecessors are gone. */
  private List<String> awaitPods(String namespace, String deployment, int count, String field) {
    return await("the pods of " + deployment)
        .atMost(Duration.ofMinutes(2))
        .until(() -> podsOf(namespace, deployment, field), pods -> pods.size() == count);
  }

  private List<String> podsOf(String namespace, String deployment, String field) {
    var names = "{range .items[*]}{.metadata.name}={.metadata.%s}{'\\n'}{end}".formatted(field);
    return kubectl("get", "pods", "--namespace=" + namespace, "-o", "jsonpath=" + names)
        .lines()
        .filter(line -> line.startsWith(deployment + "-"))
        .map(line -> line.substring(line.indexOf('=') + 1))
        .toList();
  }

  PostgresServer postgres() {
    return devstack.postgres();
  }

  RedisServer redis() {
    return devstack.redis();
  }

  String licenseKey(String pool) {
    return new Kubectl(kubectl(), variables()).licenseKey(pool);
  }

  @Override
  public void close() {
    devstack.close();
    data.close();
  }
}
