package ai.coditect.licensing.stores.ledger;

/** How a session ended. */
public enum EndReason {
  RELEASED,
  SUPERSEDED,
  LEASE_ENDED,
  /** Its pool or tenant was taken out of service. */
  REMOVED,
  /** An administrator ended it. */
  FORCED
}
