package ai.coditect.licensing.operator.leadership;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.function.LongSupplier;

/**
 * The one time in which this process, and no other, may write. It runs from one renewal of the
 * lease to the next and ends by the clock alone: a process that cannot reach the API server, or
 * stood still for a while, must not go by what it was told last.
 */
public final class Term {

  private final LongSupplier nanoTime;
  private final boolean limited;
  private final CountDownLatch begunOrOver = new CountDownLatch(1);
  private volatile boolean begun;
  private volatile boolean over;
  private volatile long until;

  private Term(LongSupplier nanoTime, boolean limited) {
    this.nanoTime = nanoTime;
    this.limited = limited;
  }

  /** A term that begins with its first extension. */
  public static Term limited() {
    return limited(System::nanoTime);
  }

  static Term limited(LongSupplier nanoTime) {
    return new Term(nanoTime, true);
  }

  /** For a process that is alone: its term runs already. */
  public static Term unlimited() {
    var term = new Term(() -> 0, false);
    term.begun = true;
    term.begunOrOver.countDown();
    return term;
  }

  /** Whether this process may write at this moment. */
  public boolean isRunning() {
    return begun && !over && (!limited || left().isPositive());
  }

  /**
   * To be called before each write.
   *
   * @throws NotLeadingException outside the term
   */
  public void check() {
    if (!isRunning()) {
      throw new NotLeadingException();
    }
  }

  /** Waits for the beginning; answers false where there will be none. */
  public boolean awaitBeginning() throws InterruptedException {
    begunOrOver.await();
    return !over;
  }

  /** Ends a term that has not begun, so that nothing waits for it any longer. */
  public synchronized void renounce() {
    if (!begun) {
      end();
    }
  }

  /** Ends it for good. */
  synchronized void end() {
    over = true;
    begunOrOver.countDown();
  }

  /** One that is over, by word or by the clock, stays so: others may lead since. */
  synchronized void extend(long untilNanos) {
    if (begun && !isRunning()) {
      end();
    }
    until = untilNanos;
    begun = !over;
    begunOrOver.countDown();
  }

  long now() {
    return nanoTime.getAsLong();
  }

  /** How long it runs where it is not extended. */
  Duration left() {
    return Duration.ofNanos(until - now());
  }
}
