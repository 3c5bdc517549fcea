package ai.coditect.licensing.operator;

import ai.coditect.licensing.operator.leadership.Term;
import ai.coditect.licensing.stores.ledger.LedgerUnavailableException;
import ai.coditect.licensing.stores.ledger.LicenseRegistry;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets the ledger, at the start of the term and each hour, make room for history to come and forget
 * what is older than its retention.
 */
final class HistoryKeeper implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(HistoryKeeper.class);

  private static final Duration BETWEEN_RUNS = Duration.ofHours(1);

  /** Postgres is away, its schema not there yet, or somebody reads history for long. */
  private static final Duration AFTER_FAILURE = Duration.ofMinutes(1);

  /** A run may take a minute; one that is cut off changes nothing and is made up for later. */
  private static final Duration LAST_RUN = Duration.ofSeconds(5);

  private final LicenseRegistry registry;
  private final Duration retention;
  private final Term term;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread keeper = Thread.ofVirtual().name("history-keeper").unstarted(this::run);

  private HistoryKeeper(LicenseRegistry registry, Duration retention, Term term) {
    this.registry = registry;
    this.retention = retention;
    this.term = term;
  }

  /** Begins, in the background. */
  static HistoryKeeper start(LicenseRegistry registry, Duration retention, Term term) {
    var history = new HistoryKeeper(registry, retention, term);
    history.keeper.start();
    return history;
  }

  /** Waits for the run that is under way, but not for long. */
  @Override
  public void close() {
    closed.countDown();
    try {
      keeper.join(LAST_RUN.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      if (!term.awaitBeginning()) {
        return;
      }
      var pause = attempt(registry, retention);
      while (!closed.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
        pause = attempt(registry, retention);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Answers when to do so again. */
  static Duration attempt(LicenseRegistry registry, Duration retention) {
    try {
      registry.keepHistory(retention);
      return BETWEEN_RUNS;
    } catch (LedgerUnavailableException e) {
      LOG.atInfo().addKeyValue("cause", e.toString()).log("History is left for a minute");
      return AFTER_FAILURE;
    } catch (RuntimeException e) {
      LOG.atWarn().setCause(e).log("History could not be kept; trying again");
      return AFTER_FAILURE;
    }
  }
}
