package ai.coditect.licensing.api.bounds;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Lets few at a time through, in the order they came; nobody waits for long. */
public final class Turnstile {

  private final Semaphore permits;
  private final Duration patience;

  /**
   * @param atATime how many are inside at most
   * @param patience how long somebody waits for a turn
   */
  public Turnstile(int atATime, Duration patience) {
    this.permits = new Semaphore(atATime, true);
    this.patience = patience;
  }

  /** Waits for a turn and goes in; whoever does must {@link #leave}. False where none came. */
  public boolean enter() {
    try {
      return permits.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Lets the next one in. */
  public void leave() {
    permits.release();
  }
}
