package ai.coditect.licensing.operator.pool;

import ai.coditect.licensing.crds.LicensePool;
import ai.coditect.licensing.stores.ledger.LicenseRegistry;
import ai.coditect.licensing.stores.ledger.PoolUsage;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Looks at the stores again and again, and wakes the pools that {@link StoreLook} finds. */
final class StoreEvents extends AbstractEventSource<PoolUsage, LicensePool> {

  /** With what the question and a reconcile take, a status is at most 15 seconds old. */
  private static final Duration LONGEST_INTERVAL = Duration.ofSeconds(10);

  private final StoreLook stores;
  private final Duration interval;
  private final CountDownLatch stopped = new CountDownLatch(1);

  /** Looks for the pools of this cache; see {@link StoreLook}. */
  StoreEvents(
      LicenseRegistry registry,
      PoolServing serving,
      IndexerResourceCache<LicensePool> pools,
      Clock clock,
      Duration resync) {
    super(PoolUsage.class, "stores");
    stores = new StoreLook(registry, serving, pools::list, this::wake, clock, resync);
    interval = resync.compareTo(LONGEST_INTERVAL) < 0 ? resync : LONGEST_INTERVAL;
  }

  @Override
  public void start() {
    super.start();
    Thread.ofVirtual().name("store-events").start(this::run);
  }

  @Override
  public void stop() {
    super.stop();
    stopped.countDown();
  }

  /** Reconciles ask the stores themselves. */
  @Override
  public Set<PoolUsage> getSecondaryResources(LicensePool pool) {
    return Set.of();
  }

  private void run() {
    try {
      while (!stopped.await(interval.toMillis(), TimeUnit.MILLISECONDS)) {
        stores.look();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void wake(LicensePool pool) {
    getEventHandler().handleEvent(new Event(ResourceID.fromResource(pool)));
  }
}
