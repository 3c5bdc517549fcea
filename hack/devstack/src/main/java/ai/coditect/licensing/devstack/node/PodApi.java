package ai.coditect.licensing.devstack.node;

import io.fabric8.kubernetes.api.model.DeleteOptions;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.Optional;

/** What a kubelet says to the API server about a pod. */
final class PodApi {

  private final KubernetesClient client;

  PodApi(KubernetesClient client) {
    this.client = client;
  }

  /** The pod as it is now; empty where it is gone, or another has its name. */
  Optional<Pod> read(Pod pod) {
    return Optional.ofNullable(
            client
                .pods()
                .inNamespace(pod.getMetadata().getNamespace())
                .withName(pod.getMetadata().getName())
                .get())
        .filter(found -> found.getMetadata().getUid().equals(pod.getMetadata().getUid()));
  }

  /**
   * Writes a pod's status over the version of the pod that it was made of.
   *
   * @return the pod as it then is; empty where it has changed meanwhile or is gone
   */
  Optional<Pod> write(Pod pod, PodStatus status) {
    try {
      return Optional.of(
          client.pods().resource(new PodBuilder(pod).withStatus(status).build()).updateStatus());
    } catch (KubernetesClientException e) {
      if (isConflictOrGone(e)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Removes a pod whose containers have ended, and no other of its name. */
  void remove(Pod pod) {
    DeleteOptions now =
        new DeleteOptionsBuilder()
            .withGracePeriodSeconds(0L)
            .withNewPreconditions()
            .withUid(pod.getMetadata().getUid())
            .endPreconditions()
            .build();
    String path =
        "/api/v1/namespaces/"
            + pod.getMetadata().getNamespace()
            + "/pods/"
            + pod.getMetadata().getName();
    try {
      client.raw(path, "DELETE", now);
    } catch (KubernetesClientException e) {
      if (!isConflictOrGone(e)) {
        throw e;
      }
    }
  }

  private static boolean isConflictOrGone(KubernetesClientException e) {
    return e.getCode() == HttpURLConnection.HTTP_CONFLICT
        || e.getCode() == HttpURLConnection.HTTP_NOT_FOUND;
  }
}
