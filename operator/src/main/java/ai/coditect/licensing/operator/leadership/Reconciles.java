package ai.coditect.licensing.operator.leadership;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Holds reconciles back until the term begins. What is to be done gathers meanwhile, and is done at
 * once then, on caches that are warm. What falls due once it was shut down is left to the next
 * process.
 */
public final class Reconciles extends ThreadPoolExecutor {

  private final Term term;

  /**
   * Runs them in a term.
   *
   * @param atOnce how many
   */
  public Reconciles(int atOnce, Term term) {
    super(
        atOnce,
        atOnce,
        0,
        TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(),
        // JOSDK's timers run on while it stops.
        new DiscardPolicy());
    this.term = term;
  }

  @Override
  public void execute(Runnable reconcile) {
    super.execute(() -> runInTerm(reconcile));
  }

  private void runInTerm(Runnable reconcile) {
    try {
      if (term.awaitBeginning()) {
        reconcile.run();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
