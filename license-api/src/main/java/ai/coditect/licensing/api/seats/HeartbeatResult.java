package ai.coditect.licensing.api.seats;

import ai.coditect.licensing.api.signing.SignedSeat;
import ai.coditect.licensing.stores.ledger.EndReason;

/** What became of a heartbeat. */
public sealed interface HeartbeatResult {

  /** The session holds its seat on. */
  record Kept(SignedSeat seat) implements HeartbeatResult {}

  /** The session holds its seat no longer than it did. */
  sealed interface NotKept extends HeartbeatResult {}

  /** The same holder acquired again; its newer session holds the seat. */
  record Superseded() implements NotKept {}

  /** The session has ended and is never revived. */
  record Ended(EndReason reason) implements NotKept {}

  /** No such session was ever granted. */
  record UnknownSession() implements NotKept {}

  /** The licence key that opened the session was revoked; the seat is held until its lease ends. */
  record KeyRevoked() implements NotKept {}

  /**
   * The licence, and the days of grace after it, have ended; the seat is held until its lease ends.
   */
  record LicenseExpired() implements NotKept {}

  /**
   * Nobody knows whether the session was kept, since the ledger is away. Only among the answers to
   * many heartbeats; a single one throws.
   */
  record LedgerUnavailable() implements NotKept {}

  /**
   * The session was kept, but no token can be signed now. Only among the answers to many
   * heartbeats; a single one throws.
   */
  record SigningUnavailable() implements NotKept {}

  /**
   * Something unforeseen went wrong with this session alone, and was logged. Only among the answers
   * to many heartbeats; a single one throws.
   */
  record Failed() implements NotKept {}

  /** The tenant is suspended; the seat is held until its lease ends. */
  record Suspended() implements NotKept {}
}
