package ai.coditect.licensing.devstack.balancer;

import ai.coditect.licensing.devstack.cluster.Mirror;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Knows all EndpointSlices, and from them where a Service's port is served right now. */
final class Endpoints implements Mirror.Observer<EndpointSlice> {

  private static final String SERVICE_NAME_LABEL = "kubernetes.io/service-name";

  private final PodAddresses addresses;
  private final Map<String, EndpointSlice> slices = new ConcurrentHashMap<>();

  Endpoints(PodAddresses addresses) {
    this.addresses = addresses;
  }

  @Override
  public void present(EndpointSlice slice) {
    slices.put(slice.getMetadata().getUid(), slice);
  }

  @Override
  public void absent(EndpointSlice last) {
    slices.remove(last.getMetadata().getUid());
  }

  List<InetSocketAddress> of(ServicePortKey key) {
    List<EndpointSlice> own = slices.values().stream().filter(slice -> serves(slice, key)).toList();
    return ReadyEndpoints.of(own, key.port()).stream()
        .map(target -> addresses.resolve(target.ip(), target.port()))
        .flatMap(Optional::stream)
        .toList();
  }

  private static boolean serves(EndpointSlice slice, ServicePortKey key) {
    Map<String, String> labels = slice.getMetadata().getLabels();
    return slice.getMetadata().getNamespace().equals(key.namespace())
        && labels != null
        && key.service().equals(labels.get(SERVICE_NAME_LABEL));
  }
}
