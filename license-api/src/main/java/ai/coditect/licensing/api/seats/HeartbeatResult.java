package ai.coditect.licensing.api.seats;

import ai.coditect.licensing.api.signing.SignedSeat;
import ai.coditect.licensing.stores.ledger.EndReason;

/** What became of a heartbeat. */
public sealed interface HeartbeatResult {

  /** The session holds its seat on. */
  record Kept(SignedSeat seat) implements HeartbeatResult {}

  /** The same holder acquired again; its newer session holds the seat. */
  record Superseded() implements HeartbeatResult {}

  /** The session has ended and is never revived. */
  record Ended(EndReason reason) implements HeartbeatResult {}

  /** No such session was ever granted. */
  record UnknownSession() implements HeartbeatResult {}

  /** The licence key that opened the session was revoked; the seat is held until its lease ends. */
  record KeyRevoked() implements HeartbeatResult {}

  /** The tenant is suspended; the seat is held until its lease ends. */
  record Suspended() implements HeartbeatResult {}
}
