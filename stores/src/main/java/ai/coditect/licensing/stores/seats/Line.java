package ai.coditect.licensing.stores.seats;

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
 * under way go in the next one, in the order they came. So a lone caller waits for nobody, and a
 * thousand callers cost few calls.
 */
final class Line<T> {

  private static final Logger LOG = LoggerFactory.getLogger(Line.class);

  private final int seatsOfFlight;
  private final int room;
  private final Function<List<T>, CompletableFuture<?>> flights;

  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<T> waiting = new ArrayDeque<>();

  private boolean isBusy;

  /**
   * Opens a line.
   *
   * @param room how many wait at most
   * @param flights starts one; what it gives ends in bounded time, by whatever outcome
   */
  Line(int seatsOfFlight, int room, Function<List<T>, CompletableFuture<?>> flights) {
    this.seatsOfFlight = seatsOfFlight;
    this.room = room;
    this.flights = flights;
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
    fly();
    return true;
  }

  /**
   * Until a flight is under way, or nobody waits. One that has ended at once was refused without
   * Redis, so whoever brought it here is not kept for long.
   */
  private void fly() {
    do {
      var flight = started(board());
      if (!flight.isDone()) {
        var _ = flight.whenComplete((answer, failure) -> land());
        return;
      }
    } while (isAnotherDue());
  }

  private void land() {
    if (isAnotherDue()) {
      fly();
    }
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

  private boolean isAnotherDue() {
    lock.lock();
    try {
      isBusy = !waiting.isEmpty();
      return isBusy;
    } finally {
      lock.unlock();
    }
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
