package ai.coditect.licensing.operator.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import ai.coditect.licensing.operator.RetryAfter;
import ai.coditect.licensing.servers.KubernetesServers;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.net.URI;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A real API server with what {@code config/default} ships, shared by the tests of this JVM; an
 * overlay lets the operator run the image of its tests.
 */
public final class Cluster {

  private static final String OPERATOR_NAMESPACE = "licensing-system";

  /** Else each client would find out anew how each kind is written. */
  private static final KubernetesSerialization JSON = new KubernetesSerialization();

  private static final String EDGE_KINDS = "src/test/resources/edge-kinds.yaml";

  private Cluster() {}

  /** The whole installation has been applied, as a user would. */
  public static void installed() {
    Objects.requireNonNull(Installation.ADMIN);
  }

  /** An administrator's client. */
  public static KubernetesClient admin() {
    return builder(adminConfig()).build();
  }

  /** A client with the rights of the ServiceAccount that {@code config/rbac} ships. */
  public static KubernetesClient asTheOperator(Interceptor... interceptors) {
    return as(OPERATOR_NAMESPACE, "licensing-operator", interceptors);
  }

  /** The same, by way of another address than the API server's own. */
  public static KubernetesClient asTheOperatorBy(String url) {
    return builder(config(url, OPERATOR_NAMESPACE, "licensing-operator"))
        .withHttpClientBuilderConsumer(
            http -> http.addOrReplaceInterceptor("retry-after", new RetryAfter()))
        .build();
  }

  /** Of the API server, on loopback. */
  public static int port() {
    return URI.create(adminConfig().getMasterUrl()).getPort();
  }

  /** A client with the rights of a ServiceAccount. */
  public static KubernetesClient as(String namespace, String account, Interceptor... interceptors) {
    return builder(config(adminConfig().getMasterUrl(), namespace, account))
        .withHttpClientBuilderConsumer(
            http -> {
              for (var interceptor : interceptors) {
                http.addOrReplaceInterceptor(interceptor.getClass().getSimpleName(), interceptor);
              }
            })
        .build();
  }

  /** Whoever led is forgotten, as before the first installation. */
  public static void forgetLeader() {
    installed();
    kubectl("-n", OPERATOR_NAMESPACE, "delete", "leases", "--all");
  }

  /** A namespace of this test's own. */
  public static String namespace() {
    var name = "test-" + UUID.randomUUID().toString().substring(0, 13);
    var namespace = new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build();
    Installation.ADMIN.resource(namespace).create();
    return name;
  }

  /** The cluster gets the kinds of an edge, as stand-ins. */
  public static void addEdgeKinds() {
    installed();
    kubectl("apply", "-f", EDGE_KINDS);
    kubectl("wait", "--for=condition=Established", "--timeout=30s", "-f", EDGE_KINDS);
  }

  /** The cluster has the kinds of an edge no more, as most have not. */
  public static void removeEdgeKinds() {
    installed();
    kubectl("delete", "--ignore-not-found", "--wait", "-f", EDGE_KINDS);
  }

  /** What kubectl printed; fails where it did. */
  public static String kubectl(String... arguments) {
    var servers = KubernetesServers.shared();
    var command = Stream.concat(Stream.of(servers.kubectl().toString()), Stream.of(arguments));
    var builder = new ProcessBuilder(command.toList()).redirectErrorStream(true);
    builder.environment().put("KUBECONFIG", servers.kubeconfig().toString());
    try {
      var process = builder.start();
      var output = new String(process.getInputStream().readAllBytes(), UTF_8);
      if (process.waitFor() != 0) {
        throw new AssertionError(String.join(" ", arguments) + ": " + output);
      }
      return output;
    } catch (IOException e) {
      throw new IllegalStateException("kubectl cannot be run", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while kubectl ran", e);
    }
  }

  private static KubernetesClientBuilder builder(Config config) {
    return new KubernetesClientBuilder().withConfig(config).withKubernetesSerialization(JSON);
  }

  private static Config config(String url, String namespace, String account) {
    var token = token(namespace, account);
    return new ConfigBuilder(adminConfig())
        .withMasterUrl(url)
        .withOauthToken(token)
        .withAutoOAuthToken(token)
        .withCurrentContext(null)
        .build();
  }

  private static String token(String namespace, String account) {
    var request = new TokenRequestBuilder().withNewSpec().endSpec().build();
    return Installation.ADMIN
        .serviceAccounts()
        .inNamespace(namespace)
        .withName(account)
        .tokenRequest(request)
        .getStatus()
        .getToken();
  }

  static Config adminConfig() {
    return Config.fromKubeconfig(KubernetesServers.shared().kubeconfig().toFile());
  }

  private static final class Installation {

    /** Never closed: it ends with the JVM, as the servers do. */
    static final KubernetesClient ADMIN = install();

    private static KubernetesClient install() {
      kubectl("apply", "-k", "src/test/config");
      kubectl(
          "wait",
          "--for=condition=Established",
          "--timeout=30s",
          "crd/tenants.licensing.coditect.ai",
          "crd/licensepools.licensing.coditect.ai");
      // The tests run the operator themselves.
      kubectl("-n", OPERATOR_NAMESPACE, "scale", "deployment/licensing-operator", "--replicas=0");
      return admin();
    }
  }
}
