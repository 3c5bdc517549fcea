package ai.coditect.licensing.devstack;

import ai.coditect.licensing.devstack.balancer.Balancer;
import ai.coditect.licensing.devstack.node.ProcessNode;
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
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Everything the platform needs to be installed on. The platform itself is installed by kubectl.
 */
final class Devstack implements AutoCloseable {

  private static final String KEY_RING = "projects/devstack/locations/global/keyRings/licensing";

  private final DataFolder data;
  private final Path home;
  private final KubernetesBinaries binaries;
  private final Parts parts;

  private Supplier<PostgresServer> postgres;
  private Supplier<RedisServer> redis;
  private Supplier<KmsStandIn> kms;
  private Supplier<OidcIssuer> issuer;
  private Supplier<KubernetesServers> kubernetes;

  Devstack(DataFolder data, Path home, KubernetesBinaries binaries, Consumer<String> report) {
    this.data = data;
    this.home = home;
    this.binaries = binaries;
    this.parts = new Parts(report);
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
        parts.start(
            "process node",
            () -> ProcessNode.start(client.get(), data.node(), Images.recipes(home)));
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
        binaries, data.folder("kubernetes"), EnumSet.allOf(KubernetesServers.Component.class));
  }

  private static KubernetesClient client(KubernetesServers servers) {
    return new KubernetesClientBuilder()
        .withConfig(Config.fromKubeconfig(servers.kubeconfig().toFile()))
        .build();
  }
}
