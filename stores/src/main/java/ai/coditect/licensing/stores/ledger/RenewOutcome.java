package ai.coditect.licensing.stores.ledger;

/** What became of a heartbeat. */
public sealed interface RenewOutcome {

  /** The lease was extended. */
  record Renewed(Seat seat) implements RenewOutcome {}

  /** The same holder acquired again: its newer session holds the seat. */
  record Superseded() implements RenewOutcome {}

  /** The session is over: its lease ended, it was released, or what superseded it is over too. */
  record Ended(EndReason reason) implements RenewOutcome {}

  /** No such session was ever granted. */
  record UnknownSession() implements RenewOutcome {}

  /**
   * The licence key that opened the session was revoked: nothing is renewed; the seat stays held
   * until its lease ends.
   */
  record KeyRevoked() implements RenewOutcome {}

  /**
   * The licence, and the days of grace after it, have ended: nothing is renewed; the seat stays
   * held until its lease ends.
   */
  record LicenseExpired() implements RenewOutcome {}

  /**
   * Whether the lease was extended is not known, since Postgres is away. Only among the answers to
   * many renewals; a single one throws.
   */
  record Unavailable() implements RenewOutcome {}

  /** The tenant is suspended: nothing is renewed; the seat stays held until its lease ends. */
  record TenantSuspended() implements RenewOutcome {}
}
