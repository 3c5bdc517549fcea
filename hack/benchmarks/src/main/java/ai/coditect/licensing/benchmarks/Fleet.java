package ai.coditect.licensing.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Many machines, each of which takes a seat and keeps it. */
final class Fleet {

  static final String HEARTBEAT = "heartbeat";

  private static final int TRIES = 5;

  private Fleet() {}

  /** Takes so many seats over so many connections; answers their sessions. */
  static List<String> acquire(int port, Pool pool, int seats, int connections) {
    Queue<String> sessions = new ConcurrentLinkedQueue<>();
    AtomicInteger next = new AtomicInteger();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < connections; i++) {
        threads.execute(() -> acquireSome(port, pool, seats, next, sessions));
      }
    }
    if (sessions.size() != seats) {
      throw new IllegalStateException(
          "Of %d seats %d could be taken".formatted(seats, sessions.size()));
    }
    return List.copyOf(sessions);
  }

  /** One seat's heartbeat after the other, again and again. */
  static OpenLoop.Request heartbeats(List<String> sessions) {
    return (connection, number) -> {
      String session = sessions.get((int) (number % sessions.size()));
      return new OpenLoop.Sent(HEARTBEAT, Calls.heartbeat(connection, session).failure());
    };
  }

  private static void acquireSome(
      int port, Pool pool, int seats, AtomicInteger next, Queue<String> sessions) {
    try (HttpConnection connection = HttpConnection.open(port)) {
      for (int number = next.getAndIncrement(); number < seats; number = next.getAndIncrement()) {
        sessions.add(acquireOne(connection, pool.licenseKey(), "fleet-" + number));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String acquireOne(HttpConnection connection, String licenseKey, String machine)
      throws IOException {
    Calls.Outcome outcome = Calls.acquire(connection, licenseKey, machine);
    for (int i = 1; i < TRIES && outcome.failure().isPresent(); i++) {
      outcome = Calls.acquire(connection, licenseKey, machine);
    }
    if (outcome.failure().isPresent()) {
      throw new IllegalStateException("A seat could not be taken: " + outcome.failure().get());
    }
    return Calls.sessionOf(outcome);
  }
}
