package ai.coditect.licensing.stores.ledger;

/** What became of a borrowed seat whose token was signed. */
public sealed interface BorrowOutcome {

  /** The seat is held until the end that it was borrowed for. */
  record Borrowed(Seat seat) implements BorrowOutcome {}

  /**
   * The session has ended, or may not have the seat for so long any more, or this came too late:
   * nothing was changed.
   */
  record Withdrawn() implements BorrowOutcome {}
}
