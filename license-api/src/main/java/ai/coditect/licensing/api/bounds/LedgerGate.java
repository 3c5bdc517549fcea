package ai.coditect.licensing.api.bounds;

import ai.coditect.licensing.stores.ledger.LedgerUnavailableException;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Lets few questions of one kind through to the ledger at a time, so that a flood of them leaves it
 * to others as well.
 */
public final class LedgerGate {

  private static final Duration PATIENCE = Duration.ofMillis(800);

  private final Turnstile turnstile;

  public LedgerGate(int questionsAtATime) {
    this.turnstile = new Turnstile(questionsAtATime, PATIENCE);
  }

  /**
   * Asks when it is this caller's turn.
   *
   * @throws LedgerUnavailableException where the turn does not come in time, and as the question
   *     does
   */
  public <T> T ask(Supplier<T> question) {
    if (!turnstile.enter()) {
      throw new LedgerUnavailableException(
          "Too many questions of one kind wait for the ledger", null);
    }
    try {
      return question.get();
    } finally {
      turnstile.leave();
    }
  }
}
