package ai.coditect.licensing.operator.tenant;

import ai.coditect.licensing.operator.conditions.Reason;

/** Every reason in a Tenant's conditions; {@code docs/conditions.md} explains them. */
public enum TenantReason implements Reason {
  // Ready
  FirstSeen,
  Paused,
  Serving,
  Suspended,
  TenantHasPools,
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
  ClusterKeysUnreadable,
  // KeyReady
  KeyEnabled,
  KeyPending,
  KeysUnavailable,
  KeyRefused,
  // SeatsReady
  RateLimitSet,
  SeatIndexUnavailable,
  SeatLoginRefused,
  // ApiReady
  ApiAvailable,
  ApiRollingOut,
  ApiStarting,
  ApiRolloutStuck,
  ChildOfAnother,
  ChildOfPredecessor,
  ChildRefused,
  // EdgeReady
  EdgeNotWished,
  EdgeStarting,
  EdgeServing,
  EdgeKindMissing,
  EdgeKindUnwatched,
  CertificatePending,
  CertificateFailed,
  RouteRefused,
  // any
  NotTried
}
