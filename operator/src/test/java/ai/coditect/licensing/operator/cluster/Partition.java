package ai.coditect.licensing.operator.cluster;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;

/** Cuts a client off from the API server. */
public final class Partition implements Interceptor {

  private volatile boolean isCut;

  public void cut() {
    isCut = true;
  }

  @Override
  public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
    if (isCut) {
      throw new KubernetesClientException("No route to the API server");
    }
  }
}
