package ai.coditect.licensing.devstack.balancer;

import ai.coditect.licensing.devstack.cluster.Mirror;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Stands in for kube-proxy: a loopback port for each TCP port of each Service, passed on to the
 * ready endpoints of its EndpointSlices in turn. A Service's address is written on it as the
 * annotation {@value #ADDRESS_ANNOTATION}.
 */
public final class Balancer implements AutoCloseable {

  /** Holds {@code 127.0.0.1:PORT} for the Service's port named http, or else its first port. */
  public static final String ADDRESS_ANNOTATION = "devstack.coditect.ai/address";

  private static final Duration RELIST = Duration.ofSeconds(10);

  private final Forwarders forwarders;
  private final Mirror<EndpointSlice> slices;
  private final Mirror<Service> services;

  private Balancer(Forwarders forwarders, Mirror<EndpointSlice> slices, Mirror<Service> services) {
    this.forwarders = forwarders;
    this.slices = slices;
    this.services = services;
  }

  /**
   * Listens for every Service there is, and for every one to come.
   *
   * @param client speaks to the API server; stays the caller's
   * @param dir where the ports are remembered, so that a restart gives the same ones where they are
   *     free
   * @param addresses where pods really listen
   * @throws UncheckedIOException where the folder cannot be used
   */
  public static Balancer start(KubernetesClient client, Path dir, PodAddresses addresses) {
    Endpoints endpoints = new Endpoints(addresses);
    Forwarders forwarders = new Forwarders(endpoints, ports(dir), new Announcer(client));
    return new Balancer(
        forwarders,
        Mirror.start(client.discovery().v1().endpointSlices().inAnyNamespace(), RELIST, endpoints),
        Mirror.start(client.services().inAnyNamespace(), RELIST, forwarders));
  }

  /**
   * The loopback address of a Service's port.
   *
   * @param portName the port's name; empty where the Service has one port without a name
   * @return empty while the Service is not known
   */
  public Optional<InetSocketAddress> address(String namespace, String service, String portName) {
    return forwarders.address(new ServicePortKey(namespace, service, portName));
  }

  /** Stops listening and cuts the connections there are. */
  @Override
  public void close() {
    services.close();
    slices.close();
    forwarders.close();
  }

  private static Path ports(Path dir) {
    try {
      return Files.createDirectories(dir.resolve("ports"));
    } catch (IOException e) {
      throw new UncheckedIOException("The balancer cannot use " + dir, e);
    }
  }
}
