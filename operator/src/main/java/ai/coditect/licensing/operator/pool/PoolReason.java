package ai.coditect.licensing.operator.pool;

import ai.coditect.licensing.operator.conditions.Reason;
import java.util.Set;

/** Every reason in a LicensePool's conditions; {@code docs/conditions.md} explains them. */
public enum PoolReason implements Reason {
  // Ready
  Paused,
  Serving,
  Suspended,
  NotYetValid,
  InGrace,
  Expired,
  AboveLimit,
  NoSeatFree,
  TenantNotFound,
  TenantNotReady,
  TenantDeleting,
  InternalError,
  UnknownValue,
  // Stalled
  NotStalled,
  // LedgerReady
  LedgerWritten,
  LedgerUnavailable,
  LedgerRefused,
  NewerGenerationInLedger,
  OwnedByAnother,
  RetainedFromAnother,
  TenantNotInLedger,
  TenantChanged,
  LicenseKeyMalformed,
  LicenseKeyTaken,
  ChildOfAnother,
  ChildOfPredecessor,
  ChildRefused,
  // SeatsReady
  SeatLimitSet,
  SeatIndexUnavailable,
  // any
  NotTried;

  /** What Ready says of how many seats are taken. */
  static final Set<String> OF_USE = Set.of(Serving.name(), AboveLimit.name(), NoSeatFree.name());
}
