package ai.coditect.licensing.operator.cluster;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;

/** Says of every pod in a namespace that it is ready, as a kubelet would after starting it. */
public final class PretendKubelet implements AutoCloseable {

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
                    sayReady(pod);
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

  private void sayReady(Pod pod) {
    try {
      client
          .resource(pod)
          .editStatus(
              there ->
                  new PodBuilder(there)
                      .editOrNewStatus()
                      .withPhase("Running")
                      .addNewCondition()
                      .withType("Ready")
                      .withStatus("True")
                      .endCondition()
                      .endStatus()
                      .build());
    } catch (KubernetesClientException e) {
      // Replaced or deleted meanwhile.
      return;
    }
  }
}
