package ai.coditect.licensing.histories;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Gathers events of many clients at once. Safe for many threads. */
public final class History {

  private final int seats;
  private final Duration beyondProof;
  private final List<Event> events = new ArrayList<>();

  /**
   * Begins a pool's history, in which nobody holds a seat yet.
   *
   * @param seats the limit at its beginning
   */
  public History(int seats) {
    this(seats, Duration.ZERO);
  }

  /**
   * As above, where seats are held for longer than clients can prove.
   *
   * @param beyondProof how much longer at most, if nobody ends them
   */
  public History(int seats, Duration beyondProof) {
    this.seats = seats;
    this.beyondProof = beyondProof;
  }

  public synchronized void add(Event event) {
    events.add(event);
  }

  /** Every way in which the promise was broken, in words; empty where it was kept. */
  public synchronized List<String> violations() {
    return new Promise(seats, beyondProof, events).violations();
  }

  @Override
  public synchronized String toString() {
    return events.size() + " events of a pool of " + seats + " seats";
  }
}
