package ai.coditect.licensing.devstack.balancer;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.InetSocketAddress;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes a Service's loopback address on the Service, where a reader of it looks first. */
final class Announcer {

  private static final Logger log = LoggerFactory.getLogger(Announcer.class);
  private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

  private final KubernetesClient client;

  Announcer(KubernetesClient client) {
    this.client = client;
  }

  /** Writes it in the background where it is not yet written; the next list tries again. */
  void announce(Service service, InetSocketAddress address) {
    String text = address.getAddress().getHostAddress() + ":" + address.getPort();
    Map<String, String> annotations = service.getMetadata().getAnnotations();
    if (annotations == null || !text.equals(annotations.get(Balancer.ADDRESS_ANNOTATION))) {
      Thread.startVirtualThread(() -> write(service, text));
    }
  }

  private void write(Service service, String text) {
    String namespace = service.getMetadata().getNamespace();
    String name = service.getMetadata().getName();
    Service change =
        new ServiceBuilder()
            .withNewMetadata()
            .addToAnnotations(Balancer.ADDRESS_ANNOTATION, text)
            .endMetadata()
            .build();
    try {
      client
          .services()
          .inNamespace(namespace)
          .withName(name)
          .patch(MERGE, client.getKubernetesSerialization().asJson(change));
    } catch (KubernetesClientException e) {
      log.atDebug()
          .addKeyValue("service", namespace + "/" + name)
          .addKeyValue("problem", e.getMessage())
          .log("Address not written on the Service");
    }
  }
}
