package ai.coditect.licensing.operator.pool;

import ai.coditect.licensing.crds.LicensePool;
import ai.coditect.licensing.crds.Licensing;
import ai.coditect.licensing.operator.conditions.ConditionTypes;
import ai.coditect.licensing.stores.ledger.LedgerUnavailableException;
import ai.coditect.licensing.stores.ledger.PoolKey;
import ai.coditect.licensing.stores.ledger.PoolUsage;
import ai.coditect.licensing.stores.seats.SeatIndexUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the pools whose seats are not used as their status says, and those that somebody else
 * changed in the stores. One question to the ledger speaks of all pools: to ask for each, ten
 * thousand idle ones would keep operator and ledger busy. Of one thread.
 */
final class StoreLook {

  private static final Logger LOG = LoggerFactory.getLogger(StoreLook.class);

  private final Supplier<Map<PoolKey, PoolUsage>> usages;
  private final PoolServing serving;
  private final Function<Predicate<LicensePool>, Stream<LicensePool>> pools;
  private final Consumer<LicensePool> wake;
  private final InstantSource clock;
  private final Duration resync;

  private Instant limitsDue;
  private Instant outageDue = Instant.MIN;

  /**
   * Looks at these pools.
   *
   * @param usages of all pools; may throw where the ledger is away
   * @param serving knows what the stores were told
   * @param pools gives those of which something is true
   * @param wake has a pool reconciled
   * @param resync how often each limit in Redis is looked at
   */
  StoreLook(
      Supplier<Map<PoolKey, PoolUsage>> usages,
      PoolServing serving,
      Function<Predicate<LicensePool>, Stream<LicensePool>> pools,
      Consumer<LicensePool> wake,
      InstantSource clock,
      Duration resync) {
    this.usages = usages;
    this.serving = serving;
    this.pools = pools;
    this.wake = wake;
    this.clock = clock;
    this.resync = resync;
    limitsDue = clock.instant().plus(resync);
  }

  /** Looks once; never throws. */
  void look() {
    try {
      lookAtLedger();
      if (isDue(limitsDue)) {
        limitsDue = clock.instant().plus(resync);
        lookAtRedis();
      }
    } catch (LedgerUnavailableException | SeatIndexUnavailableException e) {
      LOG.atInfo().addKeyValue("cause", e.toString()).log("A store cannot be looked at now");
      tellAllAnew();
    } catch (RuntimeException e) {
      LOG.atError().setCause(e).log("The stores cannot be looked at");
    }
  }

  private void lookAtLedger() {
    var now = usages.get();
    served(pool -> isOutdated(pool, now)).forEach(wake);
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

  private boolean isOutdated(LicensePool pool, Map<PoolKey, PoolUsage> usages) {
    var key = new PoolKey(pool.getStatus().tenantId(), pool.getMetadata().getName());
    var held = Optional.ofNullable(usages.get(key));
    return held.filter(usage -> saysOtherwise(pool, usage)).isPresent()
        || serving.hasDrifted(pool, held);
  }

  private static boolean saysOtherwise(LicensePool pool, PoolUsage usage) {
    var status = pool.getStatus();
    return usage.inUse() != status.inUse() || usage.seats() != status.seats();
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
