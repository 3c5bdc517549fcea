package ai.coditect.licensing.devstack.balancer;

import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointConditions;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Chooses which endpoints of a Service's port get new connections, and in which order. */
final class ReadyEndpoints {

  /** A pod's address and port, as its EndpointSlice tells them. */
  record Target(String ip, int port) {}

  private ReadyEndpoints() {}

  /** All that may get a new connection, each once, in an order that stays the same. */
  static List<Target> of(Collection<EndpointSlice> slices, String portName) {
    return slices.stream()
        .flatMap(slice -> targets(slice, portName).stream())
        .distinct()
        .sorted(Comparator.comparing(Target::ip).thenComparingInt(Target::port))
        .toList();
  }

  /** The same elements, begun with the one whose turn it is. */
  static <T> List<T> inTurn(List<T> elements, int turn) {
    if (elements.isEmpty()) {
      return elements;
    }
    int first = Math.floorMod(turn, elements.size());
    List<T> rotated = new ArrayList<>(elements.subList(first, elements.size()));
    rotated.addAll(elements.subList(0, first));
    return rotated;
  }

  private static List<Target> targets(EndpointSlice slice, String portName) {
    Optional<Integer> port =
        slice.getPorts().stream()
            .filter(p -> portName.equals(Objects.requireNonNullElse(p.getName(), "")))
            .map(EndpointPort::getPort)
            .filter(Objects::nonNull)
            .findFirst();
    return port.map(number -> targets(slice, number.intValue())).orElse(List.of());
  }

  private static List<Target> targets(EndpointSlice slice, int port) {
    return slice.getEndpoints().stream()
        .filter(ReadyEndpoints::takesNewConnections)
        // Kubernetes gives several addresses a meaning only as replacements of each other.
        .flatMap(endpoint -> endpoint.getAddresses().stream().limit(1))
        .map(ip -> new Target(ip, port))
        .toList();
  }

  private static boolean takesNewConnections(Endpoint endpoint) {
    EndpointConditions conditions = endpoint.getConditions();
    return conditions == null
        // An unknown readiness counts as ready, by the API's own rule.
        || (!Boolean.FALSE.equals(conditions.getReady())
            && !Boolean.TRUE.equals(conditions.getTerminating()));
  }
}
