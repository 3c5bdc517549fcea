package ai.coditect.licensing.operator.pool;

import ai.coditect.licensing.crds.LicensePool;
import ai.coditect.licensing.crds.Licensing;
import ai.coditect.licensing.operator.conditions.ConditionTypes;
import ai.coditect.licensing.stores.ledger.PoolKey;
import ai.coditect.licensing.stores.ledger.PoolUsage;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wakes the pools whose seats are not used as their status says. One question to the ledger speaks
 * of all pools: to ask for each, ten thousand idle ones would keep operator and ledger busy.
 */
final class UsageEvents extends AbstractEventSource<PoolUsage, LicensePool> {

  private static final Logger LOG = LoggerFactory.getLogger(UsageEvents.class);

  /** With what the question and a reconcile take, a status is at most 15 seconds old. */
  private static final Duration INTERVAL = Duration.ofSeconds(10);

  private final Supplier<Map<PoolKey, PoolUsage>> usages;
  private final IndexerResourceCache<LicensePool> pools;
  private final CountDownLatch stopped = new CountDownLatch(1);

  /**
   * Wakes the pools of this cache.
   *
   * @param usages of all pools; may throw where the ledger is away
   */
  UsageEvents(Supplier<Map<PoolKey, PoolUsage>> usages, IndexerResourceCache<LicensePool> pools) {
    super(PoolUsage.class, "seat-usage");
    this.usages = usages;
    this.pools = pools;
  }

  @Override
  public void start() {
    super.start();
    Thread.ofVirtual().name("seat-usage").start(this::run);
  }

  @Override
  public void stop() {
    super.stop();
    stopped.countDown();
  }

  /** Reconciles ask the ledger themselves. */
  @Override
  public Set<PoolUsage> getSecondaryResources(LicensePool pool) {
    return Set.of();
  }

  private void run() {
    try {
      while (!stopped.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
        look();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void look() {
    try {
      var now = usages.get();
      pools
          .list(pool -> isOutdated(pool, now))
          .map(ResourceID::fromResource)
          .forEach(pool -> getEventHandler().handleEvent(new Event(pool)));
    } catch (RuntimeException e) {
      // Resyncs count seats all the same.
      LOG.atInfo().addKeyValue("cause", e.toString()).log("Seats cannot be counted now");
    }
  }

  /** Whether the pool is served, and its seats are used otherwise than its status says. */
  static boolean isOutdated(LicensePool pool, Map<PoolKey, PoolUsage> usages) {
    var status = pool.getStatus();
    return status.inUse() != null
        && isServed(pool)
        && Optional.ofNullable(
                usages.get(new PoolKey(status.tenantId(), pool.getMetadata().getName())))
            .filter(usage -> usage.inUse() != status.inUse() || usage.seats() != status.seats())
            .isPresent();
  }

  /** What is refused or paused counts no seats, however often it is woken. */
  private static boolean isServed(LicensePool pool) {
    return !Licensing.isPaused(pool) && pool.getStatus().isTrue(ConditionTypes.LEDGER_READY);
  }
}
