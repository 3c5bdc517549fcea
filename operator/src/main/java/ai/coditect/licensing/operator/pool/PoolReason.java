package ai.coditect.licensing.operator.pool;

import ai.coditect.licensing.operator.conditions.Reason;

/** Every reason in a LicensePool's conditions; {@code docs/conditions.md} explains them. */
public enum PoolReason implements Reason {
  // Ready
  FirstSeen,
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
  ChildOfAnother,
  ChildOfPredecessor,
  ChildRefused,
  // SeatsReady
  SeatLimitSet,
  SeatIndexUnavailable,
  // any
  NotTried
}
