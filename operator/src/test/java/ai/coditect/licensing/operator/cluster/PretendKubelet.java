package ai.coditect.licensing.operator.cluster;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;

/**
 * Says of every pod in a namespace that it is ready, as a kubelet would after starting it, or that
 * its image cannot be pulled.
 */
public final class PretendKubelet implements AutoCloseable {

  /** An image that no registry has. */
  static final String MISSING_IMAGE = "license-api:missing";

  private final KubernetesClient client;
  private final SharedIndexInformer<Pod> pods;

  public PretendKubelet(KubernetesClient client, String namespace) {
    this.client = client;
    this.pods =
        client
            .pods()
            .inNamespace(namespace)
            .inform(
                new ResourceEventHandler<>() {
                  @Override
                  public void onAdd(Pod pod) {
                    say(pod);
                  }

                  @Override
                  public void onUpdate(Pod before, Pod pod) {}

                  @Override
                  public void onDelete(Pod pod, boolean stateUnknown) {}
                });
  }

  @Override
  public void close() {
    pods.close();
  }

  private void say(Pod pod) {
    var image = pod.getSpec().getContainers().getFirst().getImage();
    try {
      client
          .resource(pod)
          .editStatus(there -> image.equals(MISSING_IMAGE) ? unpulled(there) : ready(there));
    } catch (KubernetesClientException e) {
      // Replaced or deleted meanwhile.
      return;
    }
  }

  private static Pod ready(Pod pod) {
    return new PodBuilder(pod)
        .editOrNewStatus()
        .withPhase("Running")
        .addNewCondition()
        .withType("Ready")
        .withStatus("True")
        .endCondition()
        .endStatus()
        .build();
  }

  private static Pod unpulled(Pod pod) {
    return new PodBuilder(pod)
        .editOrNewStatus()
        .withPhase("Pending")
        .addNewContainerStatus()
        .withName("api")
        .withImage(MISSING_IMAGE)
        .withImageID("")
        .withReady(false)
        .withRestartCount(0)
        .withNewState()
        .withNewWaiting()
        .withReason("ImagePullBackOff")
        .endWaiting()
        .endState()
        .endContainerStatus()
        .endStatus()
        .build();
  }
}
