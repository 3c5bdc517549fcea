package ai.coditect.licensing.benchmarks;

import ai.coditect.licensing.kmsstandin.KmsStandIn;
import ai.coditect.licensing.servers.KubernetesBinaries;
import ai.coditect.licensing.servers.KubernetesServers;
import ai.coditect.licensing.servers.PostgresServer;
import ai.coditect.licensing.servers.RedisServer;
import ai.coditect.licensing.stores.ledger.PostgresSettings;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What an operator stands on: a real API server with our kinds, and the three stores, all empty.
 * There are no controllers: whoever measures plays the pods.
 */
final class OperatorGround {

  /** RSA keys take long to make, and the operator reads no more of them than their public half. */
  private static final int DISTINCT_KEYS = 16;

  private static final List<String> CRDS = List.of("tenants.yaml", "licensepools.yaml");
  private static final Duration ESTABLISHED = Duration.ofSeconds(30);

  private final KubernetesServers kubernetes;
  private final KubernetesClient client;
  private final KmsStandIn kms;
  private final Map<String, String> environment;

  private OperatorGround(
      KubernetesServers kubernetes,
      KubernetesClient client,
      KmsStandIn kms,
      Map<String, String> environment) {
    this.kubernetes = kubernetes;
    this.client = client;
    this.kms = kms;
    this.environment = Map.copyOf(environment);
  }

  /** Starts all of it in an empty workspace, which ends it. */
  static OperatorGround start(Workspace workspace) {
    var kubernetes =
        workspace.add(
            KubernetesServers.start(
                KubernetesBinaries.locate(), workspace.path("kubernetes"), Set.of()));
    var postgres = workspace.add(PostgresServer.start(workspace.path("postgres")));
    var redis = workspace.add(RedisServer.start(workspace.path("redis"), Ground.secret()));
    var kms = workspace.add(KmsStandIn.startWithKeysMadeBefore(DISTINCT_KEYS));
    kms.ensureKeyRing(Ground.KEY_RING);
    var config = Config.fromKubeconfig(kubernetes.kubeconfig().toFile());
    var client = workspace.add(new KubernetesClientBuilder().withConfig(config).build());
    CRDS.forEach(file -> establish(client, Program.home().resolve("config/crd").resolve(file)));
    var environment = environment(Ground.owner(postgres), redis, kms);
    environment.put("KUBECONFIG", kubernetes.kubeconfig().toString());
    return new OperatorGround(kubernetes, client, kms, environment);
  }

  /** An administrator's. */
  KubernetesClient client() {
    return client;
  }

  /** How an operator is told of it all. */
  Map<String, String> environment() {
    return environment;
  }

  /** How often Cloud KMS was asked for anything. */
  int kmsCalls() {
    return kms.faults().calls();
  }

  /** How many writes the API server has answered. */
  long writes() {
    return Prometheus.of(client.raw("/metrics"))
        .sum(
            "apiserver_request_total",
            labels ->
                Set.of("POST", "PUT", "PATCH", "APPLY", "DELETE").contains(labels.get("verb")));
  }

  @Override
  public String toString() {
    return "OperatorGround[" + kubernetes.kubeconfig() + "]";
  }

  private static Map<String, String> environment(
      PostgresSettings postgres, RedisServer redis, KmsStandIn kms) {
    var environment = new HashMap<String, String>();
    environment.put("LICENSING_OPERATOR_POSTGRES_URL", postgres.jdbcUrl());
    environment.put("LICENSING_OPERATOR_POSTGRES_USER", postgres.user());
    environment.put("LICENSING_OPERATOR_POSTGRES_PASSWORD", postgres.password());
    environment.put("LICENSING_OPERATOR_REDIS_URL", redis.uri());
    environment.put("LICENSING_OPERATOR_KMS_KEY_RING", Ground.KEY_RING);
    environment.put("LICENSING_OPERATOR_KMS_ENDPOINT", kms.endpoint());
    environment.put("LICENSING_OPERATOR_KMS_PLAINTEXT", "Enabled");
    environment.put("LICENSING_OPERATOR_API_IMAGE", "license-api:bench");
    return environment;
  }

  private static void establish(KubernetesClient client, Path file) {
    try (var yaml = Files.newInputStream(file)) {
      var made = client.resources(CustomResourceDefinition.class).load(yaml).create();
      client
          .resource(made)
          .waitUntilCondition(
              OperatorGround::isEstablished, ESTABLISHED.toSeconds(), TimeUnit.SECONDS);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isEstablished(CustomResourceDefinition crd) {
    return Stream.ofNullable(crd.getStatus())
        .flatMap(status -> Stream.ofNullable(status.getConditions()))
        .flatMap(List::stream)
        .anyMatch(
            condition ->
                condition.getType().equals("Established") && condition.getStatus().equals("True"));
  }
}
