package ai.coditect.licensing.devstack.balancer;

import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * Where a pod's port really listens on this machine, since its pod address exists only on paper.
 */
@FunctionalInterface
public interface PodAddresses {

  /**
   * Finds the loopback address behind a pod's address.
   *
   * @param podIp the pod's address as its status tells it
   * @param port the container port
   * @return empty where no running container of that pod listens on that port
   */
  Optional<InetSocketAddress> resolve(String podIp, int port);
}
