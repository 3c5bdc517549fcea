package ai.coditect.licensing.devstack.node;

import ai.coditect.licensing.devstack.balancer.PodAddresses;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;

/** Stands in for a kubelet: runs each pod bound to its node as local processes. */
public final class ProcessNode implements PodAddresses, AutoCloseable {

  private ProcessNode() {}

  /**
   * Registers the node and begins to run its pods.
   *
   * @param client speaks to the API server with a cluster administrator's rights; stays the
   *     caller's
   * @param dir where pods' folders and logs are kept, across restarts
   * @param recipes what images it can run
   */
  public static ProcessNode start(KubernetesClient client, Path dir, Collection<Recipe> recipes) {
    return new ProcessNode();
  }

  @Override
  public Optional<InetSocketAddress> resolve(String podIp, int port) {
    return Optional.empty();
  }

  /** Stops all pods in parallel, each within its grace period; their API objects stay. */
  @Override
  public void close() {}
}
