package ai.coditect.licensing.operator.pool;

import ai.coditect.licensing.crds.LicensePool;
import ai.coditect.licensing.operator.children.Children;
import ai.coditect.licensing.operator.conditions.StatusReporter;
import ai.coditect.licensing.operator.events.Events;
import ai.coditect.licensing.operator.repairs.Repairs;
import ai.coditect.licensing.operator.stores.Settled;
import ai.coditect.licensing.stores.ledger.LicenseRegistry;
import ai.coditect.licensing.stores.seats.SeatIndex;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;

/** Puts the reconciler of LicensePools together. */
public final class PoolController {

  /** For each look at a pool by itself, where nothing is known to be wrong with it. */
  private static final int LOOKS_AT_ALL = 12;

  private PoolController() {}

  /**
   * Creates it on these stores.
   *
   * @param resync how often what nobody reports as changed is written again
   */
  public static PoolReconciler create(
      KubernetesClient client,
      LicenseRegistry registry,
      SeatIndex seatIndex,
      Events events,
      Repairs repairs,
      SecureRandom random,
      Clock clock,
      Duration resync) {
    var children = new Children(client, repairs);
    var keys = new LicenseKeys(children, () -> LicenseKey.generate(random), clock);
    var stores = new PoolStores(registry, seatIndex, repairs);
    var whereSettled = resync.multipliedBy(LOOKS_AT_ALL);
    var serving = new PoolServing(stores, keys, new Settled<>(whereSettled), clock);
    var reporter = new StatusReporter<>(LicensePool::new, events, clock, resync, PoolReason.OF_USE);
    return new PoolReconciler(
        serving,
        children,
        new PoolReport(reporter, whereSettled),
        pools -> new StoreEvents(registry, serving, pools, clock, resync));
  }
}
