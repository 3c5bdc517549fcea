package ai.coditect.licensing.benchmarks;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Says of every Deployment that its pods are ready, and does no more: plays the Deployment
 * controller, the scheduler and the kubelets.
 */
final class PretendPods implements AutoCloseable, ResourceEventHandler<Deployment> {

  private static final int AT_ONCE = 4;

  private final KubernetesClient client;
  private final ExecutorService writers = Executors.newFixedThreadPool(AT_ONCE);
  private final AtomicLong writes = new AtomicLong();
  private final SharedIndexInformer<Deployment> deployments;

  PretendPods(KubernetesClient client) {
    this.client = client;
    this.deployments = client.apps().deployments().inAnyNamespace().inform(this);
  }

  /** How many writes to the API server were its own. */
  long writes() {
    return writes.get();
  }

  @Override
  public void onAdd(Deployment deployment) {
    writers.execute(() -> sayReady(deployment));
  }

  @Override
  public void onUpdate(Deployment before, Deployment deployment) {
    if (!before.getMetadata().getGeneration().equals(deployment.getMetadata().getGeneration())) {
      writers.execute(() -> sayReady(deployment));
    }
  }

  @Override
  public void onDelete(Deployment deployment, boolean stateUnknown) {}

  @Override
  public void close() {
    deployments.close();
    writers.shutdownNow();
  }

  private void sayReady(Deployment deployment) {
    int replicas = deployment.getSpec().getReplicas();
    var ready =
        deployment
            .edit()
            .withNewStatus()
            .withObservedGeneration(deployment.getMetadata().getGeneration())
            .withReplicas(replicas)
            .withUpdatedReplicas(replicas)
            .withReadyReplicas(replicas)
            .withAvailableReplicas(replicas)
            .addNewCondition()
            .withType("Available")
            .withStatus("True")
            .endCondition()
            .endStatus()
            .build();
    ready.getMetadata().setResourceVersion(null);
    try {
      client.resource(ready).updateStatus();
      writes.incrementAndGet();
    } catch (KubernetesClientException e) {
      System.err.println("A Deployment's status was not written: " + e.getMessage());
    }
  }
}
