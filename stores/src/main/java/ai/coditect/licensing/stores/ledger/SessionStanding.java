package ai.coditect.licensing.stores.ledger;

/** What the ledger knows of a session now. */
public sealed interface SessionStanding {

  /** It holds this seat. {@link Seat#grantedAt} is the instant of this answer. */
  record Held(Seat seat) implements SessionStanding {}

  /** The same holder acquired again, and that newer session holds a seat. */
  record Superseded() implements SessionStanding {}

  /** It is over. */
  record Ended(EndReason reason) implements SessionStanding {}

  /** No such session was ever granted. */
  record Unknown() implements SessionStanding {}
}
