package ai.coditect.licensing.devstack.node;

import io.fabric8.kubernetes.api.model.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Tells a pod how to reach the API server with its service account, since it has neither the
 * cluster's DNS nor the well-known folder that clients look into.
 */
final class Kubeconfig {

  /** Where a container believes its service account is mounted. */
  static final String ACCOUNT_MOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

  private static final String NAME = "devstack";

  private final KubernetesClient client;

  Kubeconfig(KubernetesClient client) {
    this.client = client;
  }

  /** What a kubelet tells every container about the API server. */
  Map<String, String> serviceVariables() {
    URL server = client.getMasterUrl();
    int port = server.getPort() > 0 ? server.getPort() : server.getDefaultPort();
    return Map.of(
        "KUBERNETES_SERVICE_HOST", server.getHost(),
        "KUBERNETES_SERVICE_PORT", Integer.toString(port));
  }

  /**
   * A kubeconfig for the account in this folder; empty where there is none. It holds the token
   * itself, for clients that know no token files (fabric8's reads it again when it is refused), and
   * names its file, which others prefer.
   */
  Optional<String> of(String namespace, Path account) throws IOException {
    Path token = account.resolve("token");
    if (!Files.isReadable(token)) {
      return Optional.empty();
    }
    var config =
        new ConfigBuilder()
            .withApiVersion("v1")
            .withKind("Config")
            .withCurrentContext(NAME)
            .addNewCluster()
            .withName(NAME)
            .withNewCluster()
            .withServer(client.getMasterUrl().toString())
            .withCertificateAuthority(account.resolve("ca.crt").toString())
            .endCluster()
            .endCluster()
            .addNewUser()
            .withName(NAME)
            .withNewUser()
            .withToken(Files.readString(token))
            .withTokenFile(token.toString())
            .endUser()
            .endUser()
            .addNewContext()
            .withName(NAME)
            .withNewContext()
            .withCluster(NAME)
            .withUser(NAME)
            .withNamespace(namespace)
            .endContext()
            .endContext()
            .build();
    return Optional.of(client.getKubernetesSerialization().asYaml(config));
  }
}
