package ai.coditect.licensing.operator.pool;

import static ai.coditect.licensing.operator.conditions.ConditionTypes.LEDGER_READY;

import ai.coditect.licensing.crds.LicensePool;
import ai.coditect.licensing.crds.LicensePoolSpec;
import ai.coditect.licensing.operator.conditions.Finding;
import ai.coditect.licensing.operator.conditions.Reported;
import ai.coditect.licensing.operator.repairs.Repairs;
import ai.coditect.licensing.operator.stores.Adoptions;
import ai.coditect.licensing.operator.stores.OwnedByAnotherException;
import ai.coditect.licensing.stores.ledger.BorrowTerms;
import ai.coditect.licensing.stores.ledger.Disposal;
import ai.coditect.licensing.stores.ledger.KeysOutcome;
import ai.coditect.licensing.stores.ledger.LedgerUnavailableException;
import ai.coditect.licensing.stores.ledger.LicenseKeyHash;
import ai.coditect.licensing.stores.ledger.LicenseRegistry;
import ai.coditect.licensing.stores.ledger.PoolRecord;
import ai.coditect.licensing.stores.ledger.PoolUsage;
import ai.coditect.licensing.stores.ledger.PutOutcome;
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
  private final Repairs repairs;

  PoolStores(LicenseRegistry registry, SeatIndex seatIndex, Repairs repairs) {
    this.registry = registry;
    this.seatIndex = seatIndex;
    this.repairs = repairs;
  }

  /** What the ledger answered about a pool's slots. */
  record UsageAnswer(Finding finding, Optional<PoolUsage> usage) {}

  /**
   * Writes the pool into the ledger, which refuses it where another resource owns its id.
   *
   * @param isKnown whether the stores were told the same before, so that a change is a repair
   */
  Finding write(LicensePool pool, String tenantId, boolean isKnown) {
    try {
      var outcome = registry.putPool(row(pool, tenantId));
      if (isRepair(pool, isKnown, outcome)) {
        repairs.repaired(pool, "LedgerRow");
      }
      var finding = PoolFindings.ledger(pool, outcome);
      return outcome == PutOutcome.OWNED_BY_ANOTHER ? naming(finding, pool, tenantId) : finding;
    } catch (LedgerUnavailableException e) {
      return PoolFindings.ledgerFailed(e);
    }
  }

  /** Makes these the pool's only valid keys; others it had are revoked. */
  Finding writeKeys(LicensePool pool, String tenantId, List<LicenseKeyHash> keys, boolean isKnown) {
    try {
      var outcome = registry.putLicenseKeys(tenantId, id(pool), keys);
      if (outcome instanceof KeysOutcome.Written && isKnown) {
        repairs.repaired(pool, "LicenseKeys");
      }
      return PoolFindings.keys(pool, outcome);
    } catch (LedgerUnavailableException e) {
      return PoolFindings.ledgerFailed(e);
    }
  }

  /** Copies the ledger's limit to Redis. */
  Finding limitSeats(LicensePool pool, String tenantId, PoolUsage ledger, boolean isKnown) {
    try {
      var ref = new PoolRef(tenantId, id(pool));
      if (seatIndex.setLimit(ref, ledger.seats(), ledger.revision()) && isKnown) {
        repairs.repaired(pool, "SeatLimit");
      }
      return PoolFindings.seatLimitSet();
    } catch (SeatIndexUnavailableException e) {
      return PoolFindings.seatLimitNotSet();
    }
  }

  /**
   * Whether Redis has the limit that the ledger had.
   *
   * @throws SeatIndexUnavailableException where Redis is away
   */
  boolean hasLimit(LicensePool pool, String tenantId, PoolUsage ledger) {
    return seatIndex.hasLimit(new PoolRef(tenantId, id(pool)), ledger.seats(), ledger.revision());
  }

  /** The usage of a pool of which the ledger need not be told anything. */
  UsageAnswer usageIfUnchanged(LicensePool pool, String tenantId, List<LicenseKeyHash> keys) {
    try {
      return new UsageAnswer(
          PoolFindings.ledgerWritten(), registry.usageIfUnchanged(row(pool, tenantId), keys));
    } catch (LedgerUnavailableException e) {
      return new UsageAnswer(PoolFindings.ledgerFailed(e), Optional.empty());
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

  /** A raise that was cut off was never reported as done. */
  private static boolean isRepair(LicensePool pool, boolean isKnown, PutOutcome outcome) {
    return outcome == PutOutcome.REPAIRED
        || (outcome == PutOutcome.WRITTEN && (isKnown || Reported.isMet(pool, LEDGER_READY)));
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
        LicenseStanding.validity(spec),
        Optional.ofNullable(spec.borrow()).map(PoolStores::terms),
        spec.entitlements(),
        Adoptions.of(pool));
  }

  private static BorrowTerms terms(LicensePoolSpec.Borrow borrow) {
    return new BorrowTerms(borrow.maxSeats(), borrow.maxDays(), borrow.lowWaterMark());
  }

  private Finding naming(Finding finding, LicensePool pool, String tenantId) {
    var uid = pool.getMetadata().getUid();
    var owner = registry.poolOwner(tenantId, id(pool)).filter(there -> !there.equals(uid));
    return finding.because(new OwnedByAnotherException(owner));
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
