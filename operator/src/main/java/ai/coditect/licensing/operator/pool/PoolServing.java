package ai.coditect.licensing.operator.pool;

import ai.coditect.licensing.crds.LicensePool;
import ai.coditect.licensing.crds.Licensing;
import ai.coditect.licensing.operator.children.ChildOfAnotherException;
import ai.coditect.licensing.operator.conditions.Finding;
import ai.coditect.licensing.operator.pool.PoolReport.Facts;
import ai.coditect.licensing.operator.stores.Settled;
import ai.coditect.licensing.stores.ledger.PoolUsage;
import ai.coditect.licensing.stores.ledger.PutOutcome;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/** Keeps a pool whose tenant the ledger holds: its key, its rows, its limit, its usage. */
final class PoolServing {

  private final PoolStores stores;
  private final LicenseKeys keys;
  private final Settled<Wish> settled;
  private final Clock clock;

  PoolServing(PoolStores stores, LicenseKeys keys, Settled<Wish> settled, Clock clock) {
    this.stores = stores;
    this.keys = keys;
    this.settled = settled;
    this.clock = clock;
  }

  /** What came of it. */
  record Served(List<Finding> findings, Facts facts) {}

  /** What the stores are told; while it does not change, they need not be told again. */
  record Wish(String tenantId, long generation, boolean adopts, LicenseKey key) {}

  /**
   * Brings the stores to what the pool wishes, and counts its seats.
   *
   * @param tenant what the tenant means for the pool's readiness
   */
  Served serve(LicensePool pool, String tenantId, Finding tenant, Context<LicensePool> context) {
    try {
      var key = keys.keep(pool, context);
      var wish = key.map(kept -> wish(pool, tenantId, kept));
      return wish.filter(wished -> isTold(pool, wished))
          .flatMap(told -> count(pool, tenantId, tenant))
          .orElseGet(() -> tell(pool, tenantId, tenant, key, wish));
    } catch (ChildOfAnotherException e) {
      return stopped(tenant, PoolFindings.childOfAnother(e.getMessage()));
    }
  }

  /** Takes the pool out of the stores, and says what stands in the way. */
  Optional<Finding> end(LicensePool pool, String tenantId) {
    settled.forget(uid(pool));
    return stores.remove(pool, tenantId);
  }

  private boolean isTold(LicensePool pool, Wish wish) {
    return settled.told(uid(pool), clock.instant()).filter(wish::equals).isPresent();
  }

  /** Reads the usage alone; empty where the ledger does not know of the pool after all. */
  private Optional<Served> count(LicensePool pool, String tenantId, Finding tenant) {
    var answer = stores.usage(pool, tenantId);
    if (!answer.finding().isMet()) {
      return Optional.of(stopped(tenant, answer.finding()));
    }
    return answer.usage().map(usage -> served(pool, tenant, PoolFindings.seatLimitSet(), usage));
  }

  private Served tell(
      LicensePool pool,
      String tenantId,
      Finding tenant,
      Optional<LicenseKey> key,
      Optional<Wish> wish) {
    settled.forget(uid(pool));
    var written = stores.write(pool, tenantId);
    if (!written.isMet()) {
      return stopped(tenant, written);
    }
    var keyed =
        key.map(kept -> stores.writeKey(pool, tenantId, kept))
            .orElseGet(() -> PoolFindings.licenseKeyMalformed(pool));
    return keyed.isMet() ? limit(pool, tenantId, tenant, wish) : stopped(tenant, keyed);
  }

  private Served limit(LicensePool pool, String tenantId, Finding tenant, Optional<Wish> wish) {
    var answer = stores.usage(pool, tenantId);
    if (!answer.finding().isMet()) {
      return stopped(tenant, answer.finding());
    }
    if (answer.usage().isEmpty()) {
      // It was written a moment ago, so it went with its tenant.
      return stopped(tenant, PoolFindings.ledger(pool, PutOutcome.NO_TENANT));
    }
    var seats = stores.limitSeats(pool, tenantId, answer.usage().get());
    if (seats.isMet()) {
      wish.ifPresent(told -> settled.tell(uid(pool), told, clock.instant()));
    }
    return served(pool, tenant, seats, answer.usage().get());
  }

  private static Served served(LicensePool pool, Finding tenant, Finding seats, PoolUsage usage) {
    var facts =
        new Facts(Optional.empty(), Optional.of(LicenseKeySecret.name(pool)), Optional.of(usage));
    return new Served(List.of(PoolFindings.ledgerWritten(), tenant, seats), facts);
  }

  private static Served stopped(Finding tenant, Finding ledger) {
    return new Served(PoolFindings.afterLedger(tenant, ledger), Facts.NONE);
  }

  private static Wish wish(LicensePool pool, String tenantId, LicenseKey key) {
    return new Wish(tenantId, pool.getMetadata().getGeneration(), Licensing.adopts(pool), key);
  }

  private static String uid(LicensePool pool) {
    return pool.getMetadata().getUid();
  }
}
