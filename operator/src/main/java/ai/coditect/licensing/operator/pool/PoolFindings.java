package ai.coditect.licensing.operator.pool;

import static ai.coditect.licensing.operator.conditions.ConditionTypes.LEDGER_READY;
import static ai.coditect.licensing.operator.conditions.ConditionTypes.READY;
import static ai.coditect.licensing.operator.conditions.ConditionTypes.SEATS_READY;
import static ai.coditect.licensing.operator.conditions.ConditionTypes.STALLED;

import ai.coditect.licensing.crds.LicensePool;
import ai.coditect.licensing.crds.Licensing;
import ai.coditect.licensing.operator.children.ChildOfPredecessorException;
import ai.coditect.licensing.operator.children.ChildRefusedException;
import ai.coditect.licensing.operator.conditions.Assessment;
import ai.coditect.licensing.operator.conditions.Finding;
import ai.coditect.licensing.operator.pool.LicenseStanding.Expired;
import ai.coditect.licensing.operator.pool.LicenseStanding.Holds;
import ai.coditect.licensing.operator.pool.LicenseStanding.InGrace;
import ai.coditect.licensing.operator.pool.LicenseStanding.NotYet;
import ai.coditect.licensing.operator.pool.TenantStanding.InLedger;
import ai.coditect.licensing.operator.stores.LedgerFailure;
import ai.coditect.licensing.stores.ledger.KeysOutcome;
import ai.coditect.licensing.stores.ledger.LedgerUnavailableException;
import ai.coditect.licensing.stores.ledger.PoolUsage;
import ai.coditect.licensing.stores.ledger.PutOutcome;
import java.util.List;
import java.util.Optional;

/** Decides what a pool's conditions say: plain values in, plain values out. */
final class PoolFindings {

  private static final Finding NOT_STALLED =
      Finding.met(STALLED, PoolReason.NotStalled, "Nothing is refused");

  private PoolFindings() {}

  static Assessment assess(Finding whenMet, List<Finding> findings) {
    return new Assessment(findings, whenMet, NOT_STALLED);
  }

  /**
   * What Ready says of a pool that is served as its spec wishes. It is True in each case: that a
   * licence ended, or that all seats are taken, is no fault of the deployment.
   */
  static Finding whenMet(
      TenantStanding standing, LicenseStanding licence, Optional<PoolUsage> usage) {
    return suspended(standing)
        .or(() -> limited(licence))
        .or(() -> usage.flatMap(PoolFindings::scarce))
        .orElseGet(() -> served(PoolReason.Serving, "Seats can be acquired"));
  }

  private static Optional<Finding> suspended(TenantStanding standing) {
    return standing instanceof InLedger inLedger && inLedger.suspended()
        ? Optional.of(
            served(
                PoolReason.Suspended,
                "Served as suspended, as its Tenant wishes: acquires and heartbeats are refused"))
        : Optional.empty();
  }

  private static Optional<Finding> limited(LicenseStanding licence) {
    return switch (licence) {
      case Holds() -> Optional.empty();
      case NotYet(var begin) ->
          Optional.of(
              served(
                  PoolReason.NotYetValid,
                  "The licence begins at %s: acquires are refused until then".formatted(begin)));
      case InGrace(var end) ->
          Optional.of(
              served(
                  PoolReason.InGrace,
                  "The licence has ended: seats can be acquired until its days of grace end at %s"
                      .formatted(end)));
      case Expired(var end) ->
          Optional.of(
              served(
                  PoolReason.Expired,
                  "The licence and its days of grace ended at %s: acquires and heartbeats are refused"
                      .formatted(end)));
    };
  }

  /** Without numbers, which change all the time and are in the status. */
  private static Optional<Finding> scarce(PoolUsage usage) {
    if (usage.excess() > 0) {
      return Optional.of(
          served(
              PoolReason.AboveLimit,
              "More seats are held than spec.seats allows: holders keep theirs, nobody new gets one until there is room"));
    }
    return usage.free() == 0
        ? Optional.of(
            served(
                PoolReason.NoSeatFree,
                "No seat is free: acquires are refused until one is, or spec.seats is raised"))
        : Optional.empty();
  }

  private static Finding served(PoolReason reason, String message) {
    return Finding.met(READY, reason, message);
  }

  static Assessment internalError() {
    return alone(
        Finding.unknown(
            READY,
            PoolReason.InternalError,
            "The operator met an error it does not know; its log has the details. It tries again"));
  }

  /** A newer version stored what cannot be acted upon. */
  static Optional<Finding> unknownDeletionPolicy(LicensePool pool) {
    return Finding.unknownValue(
        PoolReason.UnknownValue, "deletionPolicy", pool.getSpec().deletionPolicy());
  }

  static Assessment deletionHeldUp(Finding obstacle) {
    return alone(obstacle);
  }

  /** What is said while the tenant stands in the way. */
  static List<Finding> waiting(Finding tenant) {
    return List.of(
        tenant,
        notTried(LEDGER_READY, "The ledger takes the pool once it has accepted the Tenant"),
        seatsNotTried());
  }

  /** What is said where the ledger stands in the way. */
  static List<Finding> afterLedger(Finding tenant, Finding ledger) {
    return List.of(ledger, tenant, seatsNotTried());
  }

  static Finding ledger(LicensePool pool, PutOutcome outcome) {
    var name = pool.getMetadata().getName();
    return switch (outcome) {
      case WRITTEN, UNCHANGED, REPAIRED -> ledgerWritten();
      case STALE ->
          Finding.unavailable(
              LEDGER_READY,
              PoolReason.NewerGenerationInLedger,
              "The ledger holds a newer generation of this resource; waiting to see it too");
      case OWNED_BY_ANOTHER ->
          Finding.refused(
              LEDGER_READY,
              PoolReason.OwnedByAnother,
              "Pool '%s' of this tenant belongs to another LicensePool: create this one anew with another name, or, where that LicensePool is lost, annotate this one with %s=UID, which the operator's log names"
                  .formatted(name, Licensing.ADOPT_FROM_ANNOTATION));
      case RETAINED_FROM_ANOTHER ->
          Finding.refused(
              LEDGER_READY,
              PoolReason.RetainedFromAnother,
              "The ledger kept pool '%s' of a deleted LicensePool: annotate this one with %s=true to take it over, or create it anew with another name"
                  .formatted(name, Licensing.ADOPT_ANNOTATION));
      case NO_TENANT ->
          Finding.unavailable(
              LEDGER_READY,
              PoolReason.TenantNotInLedger,
              "The ledger does not hold the Tenant; waiting until it is written again");
    };
  }

  static Finding keys(LicensePool pool, KeysOutcome outcome) {
    return outcome instanceof KeysOutcome.Taken(var name, var other)
        ? Finding.refused(
            LEDGER_READY,
            PoolReason.LicenseKeyTaken,
            "Secret '%s' holds a licence key that LicensePool '%s' has, or had, and a key opens one pool only: delete the Secret to get a new key"
                .formatted(LicenseKeySecret.name(pool, name), other))
        : ledgerWritten();
  }

  static Finding ledgerWritten() {
    return Finding.met(
        LEDGER_READY, PoolReason.LedgerWritten, "The ledger holds the pool and its licence keys");
  }

  static Finding ledgerFailed(LedgerUnavailableException failure) {
    return LedgerFailure.finding(failure, PoolReason.LedgerRefused, PoolReason.LedgerUnavailable);
  }

  static Finding tenantChanged(String recorded, String present) {
    return Finding.refused(
        LEDGER_READY,
        PoolReason.TenantChanged,
        "The pool belongs to tenant id '%s', but its Tenant is now '%s': create the pool anew"
            .formatted(recorded, present));
  }

  static Finding licenseKeyMalformed(String secret) {
    return Finding.refused(
        LEDGER_READY,
        PoolReason.LicenseKeyMalformed,
        "Secret '%s' holds no licence key: put the key back, or delete the Secret to get a new one (the old key is then revoked)"
            .formatted(secret));
  }

  static Finding childOfAnother(String message) {
    return Finding.refused(LEDGER_READY, PoolReason.ChildOfAnother, message);
  }

  static Finding childOfPredecessor(ChildOfPredecessorException obstacle) {
    return Finding.pending(LEDGER_READY, PoolReason.ChildOfPredecessor, obstacle.getMessage());
  }

  static Finding childRefused(ChildRefusedException refusal) {
    return Finding.refused(LEDGER_READY, PoolReason.ChildRefused, refusal.getMessage())
        .because(refusal);
  }

  static Finding seatLimitSet() {
    return Finding.met(SEATS_READY, PoolReason.SeatLimitSet, "Redis knows the limit");
  }

  /** Redis makes the ledger fast and is never needed, so this keeps no pool from being Ready. */
  static Finding seatLimitNotSet() {
    return Finding.impaired(
        SEATS_READY,
        PoolReason.SeatIndexUnavailable,
        "Redis does not answer: Postgres alone grants seats; trying again");
  }

  static Finding seatIndexUnavailable() {
    return Finding.unavailable(
        SEATS_READY, PoolReason.SeatIndexUnavailable, "Redis does not answer; trying again");
  }

  private static Finding seatsNotTried() {
    return notTried(SEATS_READY, "The limit is set once the ledger holds the pool");
  }

  private static Finding notTried(String type, String message) {
    return Finding.unknown(type, PoolReason.NotTried, message);
  }

  private static Assessment alone(Finding finding) {
    return new Assessment(List.of(finding), finding, NOT_STALLED);
  }
}
