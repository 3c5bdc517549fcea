package ai.coditect.licensing.operator.pool;

import ai.coditect.licensing.crds.LicensePool;
import ai.coditect.licensing.crds.Licensing;
import ai.coditect.licensing.operator.conditions.ConditionTypes;
import ai.coditect.licensing.stores.ledger.LedgerUnavailableException;
import ai.coditect.licensing.stores.ledger.LicenseRegistry;
import ai.coditect.licensing.stores.ledger.PoolKey;
import ai.coditect.licensing.stores.seats.SeatIndexUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the pools whose seats are not used as their status says, at each look, and those that
 * somebody else changed in the stores, at each resync. The ledger is asked of all pools at once: to
 * ask for each, ten thousand idle ones would keep operator and ledger busy. Of one thread.
 */
final class StoreLook {

  private static final Logger LOG = LoggerFactory.getLogger(StoreLook.class);

  private final LicenseRegistry registry;
  private final PoolServing serving;
  private final Function<Predicate<LicensePool>, Stream<LicensePool>> pools;
  private final Consumer<LicensePool> wake;
  private final InstantSource clock;
  private final Duration resync;

  private Instant resyncDue;
  private Instant outageDue = Instant.MIN;

  /**
   * Looks at these pools.
   *
   * @param serving knows what the stores were told
   * @param pools gives those of which something is true
   * @param wake has a pool reconciled
   * @param resync how often all that the stores were told is looked at
   */
  StoreLook(
      LicenseRegistry registry,
      PoolServing serving,
      Function<Predicate<LicensePool>, Stream<LicensePool>> pools,
      Consumer<LicensePool> wake,
      InstantSource clock,
      Duration resync) {
    this.registry = registry;
    this.serving = serving;
    this.pools = pools;
    this.wake = wake;
    this.clock = clock;
    this.resync = resync;
    resyncDue = clock.instant().plus(resync);
  }

  /** Looks once; never throws. */
  void look() {
    try {
      lookAtSeats();
      if (isDue(resyncDue)) {
        resyncDue = clock.instant().plus(resync);
        lookAtLedger();
        lookAtRedis();
      }
    } catch (LedgerUnavailableException | SeatIndexUnavailableException e) {
      LOG.atInfo().addKeyValue("cause", e.toString()).log("A store cannot be looked at now");
      tellAllAnew();
    } catch (RuntimeException e) {
      LOG.atError().setCause(e).log("The stores cannot be looked at");
    }
  }

  private void lookAtSeats() {
    var inUse = registry.seatsInUse();
    served(pool -> !pool.getStatus().inUse().equals(inUse.getOrDefault(key(pool), 0)))
        .forEach(wake);
  }

  private void lookAtLedger() {
    var usages = registry.usages();
    served(pool -> serving.hasDrifted(pool, Optional.ofNullable(usages.get(key(pool)))))
        .forEach(wake);
  }

  private void lookAtRedis() {
    served(pool -> !serving.hasLimit(pool)).forEach(this::tellAnew);
  }

  /** So that each says what it does without; but not at each look of a long outage. */
  private void tellAllAnew() {
    if (isDue(outageDue)) {
      outageDue = clock.instant().plus(resync);
      served(_ -> true).forEach(this::tellAnew);
    }
  }

  private void tellAnew(LicensePool pool) {
    serving.doubt(pool);
    wake.accept(pool);
  }

  private boolean isDue(Instant when) {
    return !clock.instant().isBefore(when);
  }

  private static PoolKey key(LicensePool pool) {
    return new PoolKey(pool.getStatus().tenantId(), pool.getMetadata().getName());
  }

  private Stream<LicensePool> served(Predicate<LicensePool> which) {
    return pools.apply(pool -> isServed(pool) && which.test(pool));
  }

  /** What is refused or paused counts no seats, however often it is woken. */
  private static boolean isServed(LicensePool pool) {
    return pool.getStatus().inUse() != null
        && !Licensing.isPaused(pool)
        && pool.getStatus().isTrue(ConditionTypes.LEDGER_READY);
  }
}
