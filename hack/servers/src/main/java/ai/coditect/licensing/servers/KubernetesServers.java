package ai.coditect.licensing.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A real Kubernetes control plane on loopback: etcd and kube-apiserver, and as asked for the
 * controllers and the scheduler. There is no kubelet: Pods run only where someone stands in for it.
 */
public final class KubernetesServers implements AutoCloseable {

  /** What may run beside etcd and kube-apiserver. */
  public enum Component {
    CONTROLLER_MANAGER("kube-controller-manager"),
    SCHEDULER("kube-scheduler");

    private final String program;

    Component(String program) {
      this.program = program;
    }
  }

  private static final Duration START = Duration.ofSeconds(90);
  private static final Duration STOP = Duration.ofSeconds(15);

  /**
   * Go collects whenever its heap has doubled, which was a third of the API server's processor
   * time. Here it shares two cores with those that it serves, and memory is there.
   */
  private static final Map<String, String> SELDOM_COLLECTED =
      Map.of("GOGC", "400", "GOMEMLIMIT", "1500MiB");

  /** The apiserver signs its certificate for a year and never renews it by itself. */
  private static final Duration CERTIFICATE_LIFE = Duration.ofDays(300);

  /**
   * Those that make Deployments, Services, namespaces and rights work; none of clouds and disks.
   */
  private static final List<String> CONTROLLERS =
      List.of(
          "clusterrole-aggregation-controller",
          "cronjob-controller",
          "daemonset-controller",
          "deployment-controller",
          "disruption-controller",
          "endpointslice-controller",
          "garbage-collector-controller",
          "job-controller",
          "namespace-controller",
          "node-lifecycle-controller",
          "pod-garbage-collector-controller",
          "replicaset-controller",
          "resourcequota-controller",
          "root-ca-certificate-publisher-controller",
          "serviceaccount-controller",
          "serviceaccount-token-controller",
          "statefulset-controller",
          "taint-eviction-controller",
          "ttl-after-finished-controller",
          "validatingadmissionpolicy-status-controller");

  private final KubernetesBinaries binaries;
  private final Path folder;
  private final Optional<Path> wayToPods;
  private final Path kubeconfig;
  private final Deque<ServerProcess> running = new ArrayDeque<>();

  private KubernetesServers(KubernetesBinaries binaries, Path folder, Optional<Path> wayToPods) {
    this.binaries = binaries;
    this.folder = folder;
    this.wayToPods = wayToPods;
    this.kubeconfig = folder.resolve("kubeconfig");
  }

  /**
   * Starts on the data in the folder, or on none; returns when the API answers and, with the
   * controllers, namespaces get what Pods need.
   *
   * @throws ServerFailedException where a server does not start; what has started is stopped again
   */
  public static KubernetesServers start(
      KubernetesBinaries binaries, Path dir, Set<Component> components) {
    return start(binaries, dir, components, Optional.empty(), List.of());
  }

  /**
   * As {@link #start(KubernetesBinaries, Path, Set)}; what the API server asks of pods goes by a
   * proxy.
   *
   * @param wayToPods the Unix socket of an HTTP proxy that answers CONNECT; it may come later
   */
  public static KubernetesServers start(
      KubernetesBinaries binaries, Path dir, Set<Component> components, Path wayToPods) {
    return start(binaries, dir, components, Optional.of(wayToPods), List.of());
  }

  /**
   * The API server and the controllers all tests of this JVM share; they end with the JVM, and so
   * does their data.
   */
  public static KubernetesServers shared() {
    return Shared.SERVERS;
  }

  /** For an administrator; complete in itself and readable by its owner only. */
  public Path kubeconfig() {
    return kubeconfig;
  }

  /** The kubectl of the servers' version. */
  public Path kubectl() {
    return binaries.program("kubectl");
  }

  public KubernetesBinaries binaries() {
    return binaries;
  }

  /** Where {@code etcd} or another program of these servers logs. */
  public Path log(String program) {
    return folder.resolve(program + ".log");
  }

  /** Stops in the reverse order of the start; the data stays. */
  @Override
  public void close() {
    while (!running.isEmpty()) {
      running.pop().close();
    }
  }

  private static KubernetesServers start(
      KubernetesBinaries binaries,
      Path dir,
      Set<Component> components,
      Optional<Path> wayToPods,
      List<String> etcdOptions) {
    var servers = new KubernetesServers(binaries, Folders.create(dir), wayToPods);
    try {
      servers.endLeftovers();
      servers.startAll(components, etcdOptions);
      return servers;
    } catch (RuntimeException e) {
      servers.close();
      throw e;
    }
  }

  private void endLeftovers() {
    Stream.of("kube-scheduler", "kube-controller-manager", "kube-apiserver", "etcd")
        .forEach(program -> ServerProcess.endLeftover(spec(program, List.of())));
  }

  private void startAll(Set<Component> components, List<String> etcdOptions) {
    var tokens = AdminToken.in(folder);
    var keys = ServiceAccountKeys.in(folder);
    var etcd = startEtcd(etcdOptions);
    var port = port("kube-apiserver");
    var apiServer = startApiServer(etcd, port, tokens, keys);
    var api = new ApiServerClient(port, certificate(), tokens.token());
    apiServer.awaitReady(() -> api.isOk("/readyz"), START);
    writeKubeconfig(api);
    if (components.contains(Component.SCHEDULER)) {
      startScheduler();
    }
    if (components.contains(Component.CONTROLLER_MANAGER)) {
      startControllerManager(keys)
          .awaitReady(() -> api.isOk("/api/v1/namespaces/default/serviceaccounts/default"), START);
    }
  }

  private void writeKubeconfig(ApiServerClient api) {
    try {
      PrivateFile.write(kubeconfig, api.kubeconfig());
    } catch (IOException e) {
      throw new ServerFailedException("Cannot write " + kubeconfig, e);
    }
  }

  private String startEtcd(List<String> options) {
    var client = "http://" + LoopbackPort.ADDRESS + ":" + port("etcd");
    var peer = "http://" + LoopbackPort.ADDRESS + ":" + port("etcd-peer");
    start(
        "etcd",
        Map.of(
            "name",
            "devstack",
            "data-dir",
            folder.resolve("etcd").toString(),
            "listen-client-urls",
            client,
            "advertise-client-urls",
            client,
            "listen-peer-urls",
            peer,
            "initial-advertise-peer-urls",
            peer,
            "initial-cluster",
            "devstack=" + peer,
            "log-level",
            "warn"),
        options);
    return client;
  }

  private ServerProcess startApiServer(
      String etcd, int port, AdminToken tokens, ServiceAccountKeys keys) {
    deleteOldCertificate();
    return start(
        "kube-apiserver",
        Map.ofEntries(
            Map.entry("etcd-servers", etcd),
            Map.entry("bind-address", LoopbackPort.ADDRESS),
            Map.entry("advertise-address", LoopbackPort.ADDRESS),
            // EndpointSlices refuse loopback addresses, so its own Service has none.
            Map.entry("endpoint-reconciler-type", "none"),
            Map.entry("secure-port", Integer.toString(port)),
            Map.entry("cert-dir", certificates().toString()),
            Map.entry("service-cluster-ip-range", "10.96.0.0/16"),
            Map.entry("service-account-issuer", "https://kubernetes.default.svc"),
            Map.entry("service-account-signing-key-file", keys.privateKey().toString()),
            Map.entry("service-account-key-file", keys.publicKey().toString()),
            Map.entry("authorization-mode", "RBAC"),
            Map.entry("token-auth-file", tokens.file().toString()),
            Map.entry("profiling", "false")),
        wayToPods.map(this::egress).stream().toList());
  }

  private String egress(Path socket) {
    var file = folder.resolve("egress.yaml");
    try {
      Files.writeString(
          file,
          """
          apiVersion: apiserver.k8s.io/v1beta1
          kind: EgressSelectorConfiguration
          egressSelections:
            - name: cluster
              connection:
                proxyProtocol: HTTPConnect
                transport:
                  uds: {udsName: "%s"}
          """
              .formatted(socket));
    } catch (IOException e) {
      throw new ServerFailedException("Cannot write " + file, e);
    }
    return "--egress-selector-config-file=" + file;
  }

  private ServerProcess startControllerManager(ServiceAccountKeys keys) {
    return start(
        Component.CONTROLLER_MANAGER.program,
        Map.of(
            "kubeconfig", kubeconfig.toString(),
            "leader-elect", "false",
            "secure-port", "0",
            "controllers", String.join(",", CONTROLLERS),
            "service-account-private-key-file", keys.privateKey().toString(),
            "root-ca-file", certificate().toString()),
        List.of());
  }

  private void startScheduler() {
    start(
        Component.SCHEDULER.program,
        Map.of(
            "kubeconfig", kubeconfig.toString(),
            "leader-elect", "false",
            "secure-port", "0"),
        List.of());
  }

  private ServerProcess start(String program, Map<String, String> flags, List<String> more) {
    var own =
        flags.entrySet().stream().map(it -> "--" + it.getKey() + "=" + it.getValue()).sorted();
    var command =
        Stream.of(Stream.of(binaries.program(program).toString()), own, more.stream())
            .flatMap(it -> it)
            .toList();
    var process = ServerProcess.start(spec(program, command));
    running.push(process);
    return process;
  }

  private ServerProcess.Spec spec(String program, List<String> command) {
    return new ServerProcess.Spec(
        program, command, SELDOM_COLLECTED, folder, log(program), "TERM", STOP);
  }

  private int port(String name) {
    return LoopbackPort.remembered(folder.resolve(name + ".port"));
  }

  private Path certificate() {
    return certificates().resolve("apiserver.crt");
  }

  private Path certificates() {
    return folder.resolve("certs");
  }

  private void deleteOldCertificate() {
    try {
      if (Files.exists(certificate())
          && Files.getLastModifiedTime(certificate())
              .toInstant()
              .isBefore(Instant.now().minus(CERTIFICATE_LIFE))) {
        Folders.delete(certificates());
      }
    } catch (IOException e) {
      throw new ServerFailedException("Cannot renew " + certificate(), e);
    }
  }

  private static final class Shared {
    private static final KubernetesServers SERVERS = startForTests();

    private static KubernetesServers startForTests() {
      var binaries = KubernetesBinaries.locate();
      var temp = SharedFolder.create("kubernetes");
      var components = EnumSet.of(Component.CONTROLLER_MANAGER);
      var servers =
          start(binaries, temp.path(), components, Optional.empty(), List.of("--unsafe-no-fsync"));
      temp.atExit(servers);
      return servers;
    }
  }
}
