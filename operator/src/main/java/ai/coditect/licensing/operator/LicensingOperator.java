package ai.coditect.licensing.operator;

import ai.coditect.licensing.crds.Licensing;
import ai.coditect.licensing.operator.cache.Caches;
import ai.coditect.licensing.operator.cache.PrimaryCloner;
import ai.coditect.licensing.operator.children.ChildMetadata;
import ai.coditect.licensing.operator.events.Events;
import ai.coditect.licensing.operator.leadership.Reconciles;
import ai.coditect.licensing.operator.leadership.Term;
import ai.coditect.licensing.operator.metrics.ReconcileMeters;
import ai.coditect.licensing.operator.pool.PoolController;
import ai.coditect.licensing.operator.repairs.ReportedRepairs;
import ai.coditect.licensing.operator.tenant.ApiSettings;
import ai.coditect.licensing.operator.tenant.TenantController;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.ControllerConfigurationOverrider;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Both controllers on one cluster. */
public final class LicensingOperator implements AutoCloseable {

  /**
   * How many resources of a kind are reconciled at the same time; together, what the stores are
   * asked at once. Each kind has its own queue: a Tenant that comes with its pools, or after
   * thousands of another's, does not stand in line behind them, and they find it ready.
   */
  private static final int TENANTS_AT_ONCE = 6;

  private static final int POOLS_AT_ONCE = 10;

  /** Another operator waits for the end of what is under way: a hand-over takes less than 20 s. */
  private static final Duration STOP = Duration.ofSeconds(8);

  private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
  private static final Duration LONGEST_RETRY = Duration.ofMinutes(5);
  private static final double RETRY_GROWTH = 1.5;

  private final List<Operator> operators;
  private final Term term;
  private volatile boolean started;

  private LicensingOperator(List<Operator> operators, Term term) {
    this.operators = operators;
    this.term = term;
  }

  /**
   * Puts it together; nothing runs before {@link #start}.
   *
   * @param client not closed here
   */
  public static LicensingOperator create(
      KubernetesClient client, Stores stores, ApiSettings api, Clock clock, Running running) {
    var metrics = new ReconcileMeters(running.meters());
    var tenants = operator(client, new Reconciles(TENANTS_AT_ONCE, running.term()), metrics);
    var pools = operator(client, new Reconciles(POOLS_AT_ONCE, running.term()), metrics);
    var random = new SecureRandom();
    var events = new Events(client, clock);
    var repairs = new ReportedRepairs(events, running.meters());
    tenants.register(
        TenantController.create(
            client,
            stores.registry(),
            stores.rateLimits(),
            stores.seatLogins(),
            stores.rootKeys(),
            stores.rootSigner(),
            api,
            events,
            repairs,
            random,
            clock,
            running.resync()),
        controller -> configure(controller, running.namespaces()));
    pools.register(
        PoolController.create(
            client,
            stores.registry(),
            stores.seatIndex(),
            events,
            repairs,
            random,
            clock,
            running.resync()),
        controller -> configure(controller, running.namespaces()));
    return new LicensingOperator(List.of(tenants, pools), running.term());
  }

  /**
   * Returns once both kinds and their children have been seen. They are reconciled from the
   * beginning of the term on.
   */
  public void start() {
    operators.forEach(Operator::start);
    started = true;
  }

  /** Whether the cluster has been seen. */
  public boolean isReady() {
    return started;
  }

  /** Lets reconciles under way end; those that wait for the term never begin. */
  @Override
  public void close() {
    started = false;
    term.renounce();
    operators.parallelStream().forEach(Operator::stop);
  }

  private static Operator operator(
      KubernetesClient client, Reconciles reconciles, ReconcileMeters metrics) {
    return new Operator(
        configuration ->
            configuration
                .withKubernetesClient(client)
                .withCloseClientOnStop(false)
                .withResourceCloner(new PrimaryCloner(client.getKubernetesSerialization()))
                .withExecutorService(reconciles)
                .withMetrics(metrics)
                .withReconciliationTerminationTimeout(STOP));
  }

  private static <R extends HasMetadata> void configure(
      ControllerConfigurationOverrider<R> controller, Set<String> namespaces) {
    if (!namespaces.isEmpty()) {
      // What they watch besides follows them.
      controller.settingNamespaces(namespaces);
    }
    Caches.keepWithoutManagers(controller, namespaces);
    controller
        .withFinalizer(Licensing.FINALIZER)
        .withFieldManager(ChildMetadata.MANAGER)
        .withRetry(retry())
        // An annotation may ask for something too; only what is the operator's own is not heard.
        .withGenerationAware(false)
        .withOnUpdateFilter(LicensingOperator::isMoreThanStatus);
  }

  /** Without end: what is wrong for good is a condition, not an exception. */
  private static GenericRetry retry() {
    return new GenericRetry()
        .withoutMaxAttempts()
        .setInitialInterval(FIRST_RETRY)
        .setIntervalMultiplier(RETRY_GROWTH)
        .setMaxInterval(LONGEST_RETRY.toMillis());
  }

  private static boolean isMoreThanStatus(HasMetadata now, HasMetadata before) {
    var metadata = now.getMetadata();
    var old = before.getMetadata();
    return !Objects.equals(metadata.getGeneration(), old.getGeneration())
        || !Objects.equals(metadata.getAnnotations(), old.getAnnotations())
        || !Objects.equals(metadata.getFinalizers(), old.getFinalizers())
        || !Objects.equals(metadata.getDeletionTimestamp(), old.getDeletionTimestamp());
  }
}
