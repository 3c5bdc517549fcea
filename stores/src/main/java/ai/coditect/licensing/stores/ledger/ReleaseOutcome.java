package ai.coditect.licensing.stores.ledger;

/** What became of a release. */
public sealed interface ReleaseOutcome {

  /** The slot is free now. */
  record Released(String poolId, int slot, long slotGeneration) implements ReleaseOutcome {}

  /** The session had ended before; nothing changed. */
  record AlreadyEnded(EndReason reason) implements ReleaseOutcome {}

  /** No such session was ever granted. */
  record UnknownSession() implements ReleaseOutcome {}
}
