package ai.coditect.licensing.operator.pool;

import ai.coditect.licensing.crds.LicensePool;
import ai.coditect.licensing.crds.Licensing;
import ai.coditect.licensing.operator.conditions.Finding;
import ai.coditect.licensing.stores.ledger.Disposal;
import ai.coditect.licensing.stores.ledger.LedgerUnavailableException;
import ai.coditect.licensing.stores.ledger.LicenseRegistry;
import ai.coditect.licensing.stores.ledger.PoolRecord;
import ai.coditect.licensing.stores.ledger.PoolUsage;
import ai.coditect.licensing.stores.ledger.Validity;
import ai.coditect.licensing.stores.seats.SeatIndex;
import ai.coditect.licensing.stores.seats.SeatIndex.PoolRef;
import ai.coditect.licensing.stores.seats.SeatIndexUnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What the ledger and Redis are told of a pool, and what they answer. */
final class PoolStores {

  private final LicenseRegistry registry;
  private final SeatIndex seatIndex;

  PoolStores(LicenseRegistry registry, SeatIndex seatIndex) {
    this.registry = registry;
    this.seatIndex = seatIndex;
  }

  /** What the ledger answered about a pool's slots. */
  record UsageAnswer(Finding finding, Optional<PoolUsage> usage) {}

  /** Writes the pool into the ledger, which refuses it where another resource owns its id. */
  Finding write(LicensePool pool, String tenantId) {
    try {
      return PoolFindings.ledger(pool, registry.putPool(row(pool, tenantId)));
    } catch (LedgerUnavailableException e) {
      return PoolFindings.ledgerFailed(e);
    }
  }

  /** Makes this the pool's only valid key; another it had is revoked. */
  Finding writeKey(LicensePool pool, String tenantId, LicenseKey key) {
    try {
      registry.putLicenseKeys(tenantId, id(pool), List.of(key.hash()));
      return PoolFindings.ledgerWritten();
    } catch (LedgerUnavailableException e) {
      return PoolFindings.ledgerFailed(e);
    }
  }

  /** Copies the ledger's limit to Redis. */
  Finding limitSeats(LicensePool pool, String tenantId, PoolUsage ledger) {
    try {
      seatIndex.setLimit(new PoolRef(tenantId, id(pool)), ledger.seats(), ledger.revision());
      return PoolFindings.seatLimitSet();
    } catch (SeatIndexUnavailableException e) {
      return PoolFindings.seatLimitNotSet();
    }
  }

  UsageAnswer usage(LicensePool pool, String tenantId) {
    try {
      return new UsageAnswer(PoolFindings.ledgerWritten(), registry.usage(tenantId, id(pool)));
    } catch (LedgerUnavailableException e) {
      return new UsageAnswer(PoolFindings.ledgerFailed(e), Optional.empty());
    }
  }

  /**
   * Takes the pool out of the stores; safe to repeat. Of Redis it takes no more than what can be
   * loaded again, should the pool be another resource's.
   *
   * @return what stands in the way
   */
  Optional<Finding> remove(LicensePool pool, String tenantId) {
    try {
      registry.removePool(tenantId, id(pool), pool.getMetadata().getUid(), disposal(pool));
      seatIndex.forget(new PoolRef(tenantId, id(pool)));
      return Optional.empty();
    } catch (LedgerUnavailableException e) {
      return Optional.of(PoolFindings.ledgerFailed(e));
    } catch (SeatIndexUnavailableException e) {
      return Optional.of(PoolFindings.seatIndexUnavailable());
    }
  }

  private static PoolRecord row(LicensePool pool, String tenantId) {
    var metadata = pool.getMetadata();
    var spec = pool.getSpec();
    return new PoolRecord(
        tenantId,
        id(pool),
        metadata.getUid(),
        metadata.getGeneration(),
        spec.product(),
        spec.seats(),
        Duration.ofSeconds(spec.lease().durationSeconds()),
        Validity.UNLIMITED,
        spec.entitlements(),
        Licensing.adopts(pool));
  }

  private static Disposal disposal(LicensePool pool) {
    return switch (pool.getSpec().deletionPolicy()) {
      case Retain -> Disposal.RETAIN;
      case Delete -> Disposal.DELETE;
    };
  }

  private static String id(LicensePool pool) {
    return pool.getMetadata().getName();
  }
}
