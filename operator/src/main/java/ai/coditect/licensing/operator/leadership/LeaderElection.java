package ai.coditect.licensing.operator.leadership;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfig;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElector;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands for election by a Lease. JOSDK has an election too, built on the same elector; it neither
 * renews the lease while reconciles end nor gives it back.
 */
public final class LeaderElection implements AutoCloseable {

  /** Others wait that long after the last renewal before they take over. */
  static final Duration LEASE = Duration.ofSeconds(14);

  /**
   * The leader stops writing that long after its last renewal. What is left of the lease is for
   * requests that are on their way, and for clocks that differ.
   */
  static final Duration RENEW_DEADLINE = Duration.ofSeconds(10);

  private static final Duration BETWEEN_ATTEMPTS = Duration.ofSeconds(1);

  private static final Duration REQUEST = Duration.ofSeconds(2);

  private static final Logger LOG = LoggerFactory.getLogger(LeaderElection.class);

  private final KubernetesClient client;
  private final LeaseName lease;
  private final Term term;
  private final Runnable lost;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final ExecutorService attempts = Executors.newVirtualThreadPerTaskExecutor();
  private volatile boolean settled;
  private volatile CompletableFuture<?> candidacy = CompletableFuture.completedFuture(null);

  /**
   * Prepares to stand.
   *
   * @param client closed with this; see {@link #client}
   * @param term begins when elected
   * @param lost run once where the term ends against our will, so that the process ends
   */
  public LeaderElection(KubernetesClient client, LeaseName lease, Term term, Runnable lost) {
    this.client = client;
    this.lease = lease;
    this.term = term;
    this.lost = lost;
  }

  /** Stands from now on. */
  public void start() {
    Thread.ofVirtual().name("lease-watchdog").start(this::watch);
    candidacy = elector().start();
  }

  /** A client whose requests fail soon enough to be tried again before the lease ends. */
  public static KubernetesClient client(Config config) {
    var impatient =
        new ConfigBuilder(config)
            .withRequestTimeout((int) REQUEST.toMillis())
            .withConnectionTimeout((int) REQUEST.toMillis())
            .withRequestRetryBackoffLimit(0)
            // HTTP/2 would make each attempt over the one connection that fell silent.
            .withHttp2Disable(true)
            .build();
    return new KubernetesClientBuilder().withConfig(impatient).build();
  }

  /** Whether it is known who leads, this process or another. */
  public boolean isSettled() {
    return settled;
  }

  /** Gives the lease back where it is held; to be called once nothing writes any more. */
  @Override
  public void close() {
    closed.countDown();
    candidacy.cancel(true);
    attempts.close();
    term.end();
    client.close();
  }

  private LeaderElector elector() {
    var lock = new LeaseLock(lease.namespace(), lease.name(), lease.holder());
    return new LeaderElector(
        client,
        new LeaderElectionConfig(
            new RenewedLock(lock, term, RENEW_DEADLINE),
            LEASE,
            RENEW_DEADLINE,
            BETWEEN_ATTEMPTS,
            new LeaderCallbacks(this::begun, this::stopped, this::elected),
            true,
            lease.name()),
        attempts);
  }

  private void begun() {
    LOG.atInfo().addKeyValue("holder", lease.holder()).log("This operator leads");
  }

  private void elected(String leader) {
    if (leader != null) {
      settled = true;
    }
    if (!lease.holder().equals(leader)) {
      LOG.atInfo().addKeyValue("leader", leader).log("Another operator leads, or none");
    }
  }

  /** Also told when the lease is given back. */
  private void stopped() {
    if (closed.getCount() > 0) {
      term.end();
    }
  }

  /** The elector itself notices late: it may be waiting for an answer when the term ends. */
  private void watch() {
    try {
      if (!term.awaitBeginning()) {
        return;
      }
      while (term.isRunning()) {
        if (closed.await(wait(term.left()), TimeUnit.MILLISECONDS)) {
          return;
        }
      }
      lose();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static long wait(Duration left) {
    return Math.clamp(left.toMillis(), 1, BETWEEN_ATTEMPTS.toMillis());
  }

  private void lose() {
    term.end();
    LOG.atError()
        .addKeyValue("holder", lease.holder())
        .log("The lease was lost: the process ends at once");
    lost.run();
  }
}
