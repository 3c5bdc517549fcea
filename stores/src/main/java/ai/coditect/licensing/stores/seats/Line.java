package ai.coditect.licensing.stores.seats;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where calls wait that Redis answers together: those that come while a flight of earlier ones is
 * under way, or left a moment ago, go in the next one, in the order they came. So a lone caller
 * waits for nobody, and a thousand callers cost few calls.
 */
final class Line<T> {

  private static final Logger LOG = LoggerFactory.getLogger(Line.class);

  /** Short beside what a grant takes; many callers' calls fall into it where there are many. */
  static final Duration BETWEEN_FLIGHTS = Duration.ofMillis(1);

  private final int seatsOfFlight;
  private final int room;
  private final long betweenNanos;
  private final Waiting waits;
  private final Function<List<T>, CompletableFuture<?>> flights;

  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<T> waiting = new ArrayDeque<>();

  /** Whether a flight is under way, or the next one is due already. */
  private boolean isBusy;

  private volatile long leftNanos;

  /** As below, in real time. */
  Line(
      int seatsOfFlight,
      int room,
      Duration between,
      Function<List<T>, CompletableFuture<?>> flights) {
    this(seatsOfFlight, room, between, Waiting.REAL, flights);
  }

  /**
   * Opens a line.
   *
   * @param room how many wait at most
   * @param between how long after one flight left the next one leaves, at the earliest
   * @param flights starts one; what it gives ends in bounded time, by whatever outcome
   */
  Line(
      int seatsOfFlight,
      int room,
      Duration between,
      Waiting waits,
      Function<List<T>, CompletableFuture<?>> flights) {
    this.seatsOfFlight = seatsOfFlight;
    this.room = room;
    this.betweenNanos = between.toNanos();
    this.waits = waits;
    this.flights = flights;
    this.leftNanos = waits.nanoTime() - betweenNanos;
  }

  /** Whether there was room for it. */
  boolean join(T passenger) {
    lock.lock();
    try {
      if (waiting.size() >= room) {
        return false;
      }
      waiting.add(passenger);
      if (isBusy) {
        return true;
      }
      isBusy = true;
    } finally {
      lock.unlock();
    }
    flyWhenDue();
    return true;
  }

  private void flyWhenDue() {
    var early = leftNanos + betweenNanos - waits.nanoTime();
    if (early > 0) {
      waits.after(Duration.ofNanos(early), this::fly);
    } else {
      fly();
    }
  }

  private void fly() {
    leftNanos = waits.nanoTime();
    var _ = started(board()).whenComplete((answer, failure) -> land());
  }

  /** One that fails to start must not keep the line waiting for ever. */
  private CompletableFuture<?> started(List<T> passengers) {
    try {
      return flights.apply(passengers);
    } catch (RuntimeException | Error e) {
      LOG.atError().setCause(e).log("A flight did not start");
      return CompletableFuture.failedFuture(e);
    }
  }

  private void land() {
    lock.lock();
    try {
      isBusy = !waiting.isEmpty();
      if (!isBusy) {
        return;
      }
    } finally {
      lock.unlock();
    }
    flyWhenDue();
  }

  private List<T> board() {
    lock.lock();
    try {
      var passengers = new ArrayList<T>(Math.min(waiting.size(), seatsOfFlight));
      while (passengers.size() < seatsOfFlight && !waiting.isEmpty()) {
        passengers.add(waiting.remove());
      }
      return passengers;
    } finally {
      lock.unlock();
    }
  }
}
