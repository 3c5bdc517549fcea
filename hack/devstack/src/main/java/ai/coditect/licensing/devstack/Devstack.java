package ai.coditect.licensing.devstack;

import ai.coditect.licensing.devstack.balancer.Balancer;
import ai.coditect.licensing.devstack.balancer.PodTunnel;
import ai.coditect.licensing.devstack.node.ProcessNode;
import ai.coditect.licensing.devstack.node.Recipe;
import ai.coditect.licensing.kmsstandin.KmsStandIn;
import ai.coditect.licensing.servers.KubernetesBinaries;
import ai.coditect.licensing.servers.KubernetesServers;
import ai.coditect.licensing.servers.LoopbackPort;
import ai.coditect.licensing.servers.PostgresServer;
import ai.coditect.licensing.servers.RedisServer;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Everything the platform needs to be installed on. The platform itself is installed by kubectl.
 */
final class Devstack implements AutoCloseable {

  private static final String KEY_RING = "projects/devstack/locations/global/keyRings/licensing";

  private final DataFolder data;
  private final KubernetesBinaries binaries;
  private final Parts parts;
  private final List<Recipe> images;

  /** Not in the data folder: the path of a socket must be short. */
  private final Path wayToPods =
      Path.of(
          System.getProperty("java.io.tmpdir"), "devstack-%s.socket".formatted(UUID.randomUUID()));

  private Supplier<PostgresServer> postgres;
  private Supplier<RedisServer> redis;
  private Supplier<KmsStandIn> kms;
  private Supplier<OidcIssuer> issuer;
  private Supplier<KubernetesServers> kubernetes;

  /**
   * Starts nothing yet.
   *
   * @param report told what has started and what is being stopped
   * @param images what pods can run
   */
  Devstack(
      DataFolder data, KubernetesBinaries binaries, Consumer<String> report, List<Recipe> images) {
    this.data = data;
    this.binaries = binaries;
    this.parts = new Parts(report);
    this.images = List.copyOf(images);
  }

  /** Starts all parts, each as soon as those it needs are there. */
  void start() {
    var secrets = Secrets.in(data);
    postgres = parts.start("Postgres", () -> PostgresServer.start(data.folder("postgres")));
    redis = parts.start("Redis", () -> RedisServer.start(data.folder("redis"), secrets.redis()));
    kms = parts.start("Cloud KMS stand-in", this::startKms);
    issuer = parts.start("OIDC issuer", () -> OidcIssuer.start(data.folder("oidc")));
    kubernetes = parts.start("Kubernetes", this::startKubernetes);
    var client = parts.start("its client", () -> client(kubernetes.get()));
    var node =
        parts.start("process node", () -> ProcessNode.start(client.get(), data.node(), images));
    parts.start("way to pods", () -> PodTunnel.start(wayToPods, node.get()));
    parts.start(
        "balancer", () -> Balancer.start(client.get(), data.folder("balancer"), node.get()));
    OperatorDatabase.prepare(postgres.get(), secrets.operator());
    parts.await();
  }

  /** What the operator must be told of the stores, ready for kubectl. */
  Path operatorStores() {
    return OperatorStores.write(
        data.folder("operator-stores.yaml"),
        postgres.get(),
        redis.get(),
        kms.get(),
        KEY_RING,
        Secrets.in(data).operator());
  }

  KubernetesServers kubernetes() {
    return kubernetes.get();
  }

  PostgresServer postgres() {
    return postgres.get();
  }

  RedisServer redis() {
    return redis.get();
  }

  OidcIssuer issuer() {
    return issuer.get();
  }

  @Override
  public void close() {
    parts.close();
  }

  private KmsStandIn startKms() {
    var port = LoopbackPort.remembered(data.folder("kms.port"));
    var started = KmsStandIn.start(data.folder("kms"), port);
    started.ensureKeyRing(KEY_RING);
    return started;
  }

  private KubernetesServers startKubernetes() {
    return KubernetesServers.start(
        binaries,
        data.folder("kubernetes"),
        EnumSet.allOf(KubernetesServers.Component.class),
        wayToPods);
  }

  private static KubernetesClient client(KubernetesServers servers) {
    return new KubernetesClientBuilder()
        .withConfig(Config.fromKubeconfig(servers.kubeconfig().toFile()))
        .build();
  }
}
