package ai.coditect.licensing.operator;

import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Waits as long as a busy API server asks to before the Kubernetes client tries again: that one
 * reads {@code Retry-After} and then goes by an interval of its own. Delete when a release heeds
 * it.
 */
public final class RetryAfter implements Interceptor {

  /** A request that is held up for much longer is given up. */
  private static final long LONGEST_SECONDS = 5;

  @Override
  public CompletableFuture<Boolean> afterFailure(
      BasicBuilder request, HttpResponse<?> answer, RequestTags tags) {
    return Optional.ofNullable(answer.header("Retry-After"))
        .filter(seconds -> seconds.matches("\\d{1,9}"))
        .map(seconds -> notBefore(Long.parseLong(seconds)))
        .orElse(CompletableFuture.completedFuture(false));
  }

  /** The answer is left as it is, which has the client try again. */
  private static CompletableFuture<Boolean> notBefore(long seconds) {
    return new CompletableFuture<Boolean>()
        .completeOnTimeout(false, Math.min(seconds, LONGEST_SECONDS), TimeUnit.SECONDS);
  }
}
