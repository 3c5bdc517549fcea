package ai.coditect.licensing.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * What a process meets in its life, so that Java can remember which classes it loads and which of
 * its methods are hot: seats that are taken, kept and given back, and requests that are refused.
 */
final class Training {

  private static final String ACQUIRE = "/api/v1/licenses/acquire";
  private static final String HEARTBEAT = "/api/v1/licenses/heartbeat";
  private static final String HEARTBEATS = "/api/v1/licenses/heartbeats";
  private static final String VALIDATE = "/api/v1/licenses/validate";
  private static final String RELEASE = "/api/v1/licenses/release";
  private static final List<String> PAGES =
      List.of(
          "/health/",
          "/api/v1/health/live",
          "/api/v1/health/ready",
          "/.well-known/jwks.json",
          "/api/v1/keys/statements",
          "/api/v1/revocations",
          "/openapi.yaml",
          "/not-there");

  /** Heartbeats for each seat: as many come in a lease, and they come most often of all. */
  private static final int HEARTBEATS_PER_SEAT = 4;

  private final int port;
  private final Pool pool;
  private final int callers;

  Training(int port, Pool pool, int callers) {
    this.port = port;
    this.pool = pool;
    this.callers = callers;
  }

  /** Trains for this long. */
  void run(Duration length) {
    long deadline = System.nanoTime() + length.toNanos();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < callers; i++) {
        String machine = "trainee-" + i;
        threads.execute(() -> call(machine, deadline));
      }
    }
  }

  private void call(String machine, long deadline) {
    try (HttpConnection connection = HttpConnection.open(port)) {
      refused(connection);
      while (System.nanoTime() < deadline) {
        seat(connection, machine);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void seat(HttpConnection connection, String machine) throws IOException {
    Calls.Outcome seat = Calls.acquire(connection, pool.licenseKey(), machine);
    if (seat.failure().isPresent()) {
      return;
    }
    String session = session(Calls.sessionOf(seat));
    for (int i = 0; i < HEARTBEATS_PER_SEAT; i++) {
      connection.post(HEARTBEAT, session);
    }
    connection.post(HEARTBEATS, "[" + session + "]");
    connection.post(VALIDATE, session);
    connection.post(RELEASE, session);
  }

  private static void refused(HttpConnection connection) throws IOException {
    for (String page : PAGES) {
      connection.get(page);
    }
    connection.post(ACQUIRE, acquire("lk_of_nobody", "machine"));
    connection.post(ACQUIRE, "{\"license_key\":1}");
    connection.post(ACQUIRE, "{");
    connection.post(HEARTBEAT, session(UUID.randomUUID().toString()));
    connection.post(RELEASE, session(UUID.randomUUID().toString()));
  }

  private static String acquire(String licenseKey, String machine) {
    return "{\"license_key\":\"" + licenseKey + "\",\"hardware_id\":\"" + machine + "\"}";
  }

  private static String session(String id) {
    return "{\"session_id\":\"" + id + "\"}";
  }
}
