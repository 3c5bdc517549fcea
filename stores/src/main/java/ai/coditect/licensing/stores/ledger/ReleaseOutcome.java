package ai.coditect.licensing.stores.ledger;

import java.time.Instant;

/** What became of a release. */
public sealed interface ReleaseOutcome {

  /** The slot is free now. */
  record Released(String poolId, int slot, long slotGeneration) implements ReleaseOutcome {}

  /**
   * The seat is borrowed and stays its holder's; nothing changed.
   *
   * @param until when it ends unless it is given back
   */
  record StillBorrowed(Instant until) implements ReleaseOutcome {}

  /** The session had ended before; nothing changed. */
  record AlreadyEnded(EndReason reason) implements ReleaseOutcome {}

  /** No such session was ever granted. */
  record UnknownSession() implements ReleaseOutcome {}
}
