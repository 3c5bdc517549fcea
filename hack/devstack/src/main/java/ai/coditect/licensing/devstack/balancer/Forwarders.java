package ai.coditect.licensing.devstack.balancer;

import ai.coditect.licensing.devstack.cluster.Mirror;
import ai.coditect.licensing.servers.LoopbackPort;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps one forwarder for each TCP port of each Service. */
final class Forwarders implements Mirror.Observer<Service>, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Forwarders.class);

  private final Endpoints endpoints;
  private final Path ports;
  private final Announcer announcer;
  private final Map<ServicePortKey, Forwarder> byPort = new ConcurrentHashMap<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  /**
   * @param ports a folder that remembers which port a Service had, so that a restart gives it the
   *     same one
   */
  Forwarders(Endpoints endpoints, Path ports, Announcer announcer) {
    this.endpoints = endpoints;
    this.ports = ports;
    this.announcer = announcer;
  }

  Optional<InetSocketAddress> address(ServicePortKey key) {
    return Optional.ofNullable(byPort.get(key)).map(Forwarder::address);
  }

  @Override
  public void present(Service service) {
    List<ServicePortKey> wanted = keys(service);
    drop(service, Set.copyOf(wanted));
    wanted.stream().filter(key -> !byPort.containsKey(key)).forEach(this::open);
    wanted.stream()
        .filter(key -> key.port().equals("http"))
        .findFirst()
        .or(() -> wanted.stream().findFirst())
        .flatMap(this::address)
        .ifPresent(address -> announcer.announce(service, address));
  }

  @Override
  public void absent(Service last) {
    drop(last, Set.of());
  }

  @Override
  public void close() {
    byPort.values().forEach(Forwarder::stopListening);
    byPort.clear();
    // Also those of Services that are gone already.
    open.forEach(Forwarder::closeQuietly);
  }

  private void open(ServicePortKey key) {
    try {
      ServerSocket listener = LoopbackPort.listen(ports.resolve(key.fileName()));
      byPort.put(key, Forwarder.start(listener, () -> endpoints.of(key), open));
      log.atInfo()
          .addKeyValue("service", key)
          .addKeyValue("port", listener.getLocalPort())
          .log("Service port opened");
    } catch (IOException e) {
      log.atWarn()
          .addKeyValue("service", key)
          .addKeyValue("problem", e.getMessage())
          .log("Service port not opened, tried again with the next list");
    }
  }

  /** Existing connections go on: only a Service's name for them is gone. */
  private void drop(Service service, Set<ServicePortKey> wanted) {
    Set<ServicePortKey> dropped =
        byPort.keySet().stream()
            .filter(key -> key.belongsTo(namespace(service), service.getMetadata().getName()))
            .filter(key -> !wanted.contains(key))
            .collect(Collectors.toSet());
    dropped.forEach(key -> byPort.remove(key).stopListening());
  }

  /** None for Services that kube-proxy leaves alone too: headless ones and external names. */
  private static List<ServicePortKey> keys(Service service) {
    String clusterIp = Objects.requireNonNullElse(service.getSpec().getClusterIP(), "");
    if (clusterIp.isEmpty() || clusterIp.equals("None")) {
      return List.of();
    }
    return service.getSpec().getPorts().stream()
        .filter(port -> "TCP".equals(Objects.requireNonNullElse(port.getProtocol(), "TCP")))
        .map(port -> key(service, port))
        .toList();
  }

  private static ServicePortKey key(Service service, ServicePort port) {
    return new ServicePortKey(
        namespace(service),
        service.getMetadata().getName(),
        Objects.requireNonNullElse(port.getName(), ""));
  }

  private static String namespace(Service service) {
    return service.getMetadata().getNamespace();
  }
}
