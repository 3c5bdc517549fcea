package ai.coditect.licensing.operator.leadership;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaderElectionRecord;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.Lock;
import java.time.Duration;

/**
 * A lock whose holder's term follows what the API server has accepted. A renewal counts from the
 * moment before it was asked for: others reckon from a time no later than that.
 */
final class RenewedLock implements Lock {

  private final Lock lock;
  private final Term term;
  private final Duration renewDeadline;
  private volatile long askedAt;

  RenewedLock(Lock lock, Term term, Duration renewDeadline) {
    this.lock = lock;
    this.term = term;
    this.renewDeadline = renewDeadline;
  }

  @Override
  public LeaderElectionRecord get(KubernetesClient client) {
    askedAt = term.now();
    return retryable(() -> lock.get(client));
  }

  @Override
  public void create(KubernetesClient client, LeaderElectionRecord wished) {
    retryable(
        () -> {
          lock.create(client, wished);
          return wished;
        });
    extend();
  }

  @Override
  public void update(KubernetesClient client, LeaderElectionRecord wished) {
    boolean releases = wished.getHolderIdentity() == null;
    if (releases) {
      term.end();
    }
    retryable(
        () -> {
          lock.update(client, wished);
          return wished;
        });
    if (!releases) {
      extend();
    }
  }

  @Override
  public String identity() {
    return lock.identity();
  }

  @Override
  public String describe() {
    return lock.describe();
  }

  private void extend() {
    term.extend(askedAt + renewDeadline.toNanos());
  }

  /** The elector tries again after errors of the client, and gives up for ever after any other. */
  private static LeaderElectionRecord retryable(Attempt attempt) {
    try {
      return attempt.run();
    } catch (KubernetesClientException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new KubernetesClientException("The lease cannot be read or written", e);
    }
  }

  /** One request. */
  private interface Attempt {
    LeaderElectionRecord run();
  }
}
