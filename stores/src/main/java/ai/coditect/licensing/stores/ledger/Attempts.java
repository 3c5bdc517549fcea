package ai.coditect.licensing.stores.ledger;

import java.util.Optional;

/** Parts of a work of which each is tried, though one before it failed. */
final class Attempts {

  private Optional<LedgerUnavailableException> failure = Optional.empty();

  void run(Runnable part) {
    try {
      part.run();
    } catch (LedgerUnavailableException e) {
      failure.ifPresentOrElse(first -> first.addSuppressed(e), () -> failure = Optional.of(e));
    }
  }

  /**
   * Ends the work.
   *
   * @throws LedgerUnavailableException what the first part that failed said; the others' are
   *     suppressed
   */
  void end() {
    if (failure.isPresent()) {
      throw failure.get();
    }
  }
}
