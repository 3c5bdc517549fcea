package ai.coditect.licensing.stores.ledger;

/** What the audit tells of a session. The names are stored. */
enum AuditEvent {
  GRANTED,
  BORROWED,
  RELEASED,
  SUPERSEDED,
  LEASE_ENDED,
  REMOVED,
  FORCED;

  static AuditEvent of(EndReason end) {
    return valueOf(end.name());
  }
}
