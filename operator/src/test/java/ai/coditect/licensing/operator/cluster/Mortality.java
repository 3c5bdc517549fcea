package ai.coditect.licensing.operator.cluster;

import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ends an operator as {@code kill -9} would: after so many outside calls, writes to the API server
 * and calls to a store alike, not one more gets out.
 */
public final class Mortality implements Interceptor {

  private final AtomicInteger callsLeft;
  private volatile boolean dead;

  public Mortality(int calls) {
    this.callsLeft = new AtomicInteger(calls);
  }

  /** Whether a call was kept from getting out. */
  public boolean isDead() {
    return dead;
  }

  /** To be run before each call to a store. */
  public void call() {
    if (callsLeft.getAndUpdate(left -> Math.max(0, left - 1)) == 0) {
      dead = true;
      throw new IllegalStateException("The operator was killed");
    }
  }

  @Override
  public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
    if (!request.method().equals("GET")) {
      call();
    }
  }
}
