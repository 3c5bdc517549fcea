package ai.coditect.licensing.devstack.node;

import ai.coditect.licensing.devstack.balancer.PodAddresses;
import ai.coditect.licensing.servers.LoopbackPort;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Gives each pod an address and knows on which loopback port each of its container ports really
 * listens.
 *
 * <p>Pods cannot have loopback addresses, since EndpointSlices refuse them. Theirs are unique among
 * the pods of the node, are given in turn, and are routed nowhere.
 */
final class AddressBook implements PodAddresses {

  /** The node's own address, beside its pods'. */
  static final String NODE_IP = "10.244.0.1";

  private static final int FIRST = 2;
  private static final int LAST = 0xFFFE;

  private final Set<String> taken = new HashSet<>();
  private final Map<Endpoint, InetSocketAddress> listening = new ConcurrentHashMap<>();
  private int next = FIRST;

  /**
   * Takes an address for a pod.
   *
   * @param wish the one it had before; it is kept where nobody else has it
   */
  synchronized String take(Optional<String> wish) {
    if (wish.isPresent() && taken.add(wish.get())) {
      return wish.get();
    }
    String ip = following();
    while (!taken.add(ip)) {
      ip = following();
    }
    return ip;
  }

  synchronized void giveBack(String podIp) {
    taken.remove(podIp);
  }

  /** A container listens: real loopback ports by container port. */
  void publish(String podIp, Map<Integer, Integer> ports) {
    ports.forEach(
        (port, real) -> listening.put(new Endpoint(podIp, port), LoopbackPort.address(real)));
  }

  /** A container listens no more. */
  void withdraw(String podIp, Map<Integer, Integer> ports) {
    ports.keySet().forEach(port -> listening.remove(new Endpoint(podIp, port)));
  }

  @Override
  public Optional<InetSocketAddress> resolve(String podIp, int port) {
    return Optional.ofNullable(listening.get(new Endpoint(podIp, port)));
  }

  private String following() {
    int number = next;
    next = next == LAST ? FIRST : next + 1;
    return "10.244." + (number >> 8) + "." + (number & 0xFF);
  }

  private record Endpoint(String podIp, int port) {}
}
