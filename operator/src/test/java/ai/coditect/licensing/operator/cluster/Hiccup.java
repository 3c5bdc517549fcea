package ai.coditect.licensing.operator.cluster;

import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.util.concurrent.atomic.AtomicInteger;

/** Fails one of an operator's outside calls, a write to the API server or a call to a store. */
public final class Hiccup implements Interceptor {

  private final AtomicInteger callsUntil;
  private final int status;

  /**
   * Fails one call.
   *
   * @param calls how many get out before it
   * @param status what the API server answers, where it is a call to it
   */
  public Hiccup(int calls, int status) {
    this.callsUntil = new AtomicInteger(calls);
    this.status = status;
  }

  /** Whether a call was failed. */
  public boolean hasHappened() {
    return callsUntil.get() < 0;
  }

  /** Whether this call, which counts, is the one. */
  boolean happens() {
    return callsUntil.getAndDecrement() == 0;
  }

  @Override
  public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
    if (!request.method().equals("GET") && happens()) {
      throw new KubernetesClientException(answer());
    }
  }

  private Status answer() {
    return new StatusBuilder().withCode(status).withMessage("As a test wished").build();
  }
}
