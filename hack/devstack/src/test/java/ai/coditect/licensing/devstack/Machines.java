package ai.coditect.licensing.devstack;

import ai.coditect.licensing.servers.KeptConnection;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Programs on many machines, each on a kept connection of its own, that call at a steady pace.
 *
 * <p>As every client of ours does, they ask again for a seat, and to give one back, where a server
 * puts them off for some seconds; a heartbeat is asked for once.
 */
final class Machines implements AutoCloseable {

  private static final int UNAVAILABLE = 503;

  /** Whoever is put off as often as this has failed. */
  private static final int ATTEMPTS = 5;

  private static final String POOL_EXHAUSTED = "urn:coditect:licensing:problem:pool-exhausted";

  private final InetSocketAddress api;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Future<?>> running = new ArrayList<>();
  private final CountDownLatch stop = new CountDownLatch(1);
  private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
  private final AtomicLong heartbeats = new AtomicLong();
  private final AtomicLong requests = new AtomicLong();
  private final AtomicLong retries = new AtomicLong();
  private final AtomicLong putOffs = new AtomicLong();

  Machines(InetSocketAddress api) {
    this.api = api;
  }

  /** Take a seat each, keep it with heartbeats, and give it back at the end. */
  void hold(int machines, String licenseKey, Duration betweenHeartbeats)
      throws InterruptedException {
    var seated = new CountDownLatch(machines);
    for (var n = 0; n < machines; n++) {
      var name = "holder-" + n;
      start(name, connection -> hold(connection, licenseKey, name, betweenHeartbeats, seated));
    }
    seated.await();
  }

  /**
   * Take a seat each, and ask to keep it again and again, whatever the answer is, on a connection
   * of its own each time: so a pod that is new is asked at once.
   */
  void insist(int machines, String licenseKey, Duration betweenHeartbeats) {
    for (var n = 0; n < machines; n++) {
      var name = "insister-" + n;
      start(
          name,
          connection -> {
            var session = acquire(connection, licenseKey, name);
            for (var pace = new Pace(betweenHeartbeats); pace.goesOn(); ) {
              try (var fresh = new KeptConnection(api)) {
                ask(fresh, "heartbeat", sessionBody(session));
              } catch (IOException _) {
                // A pod that ends. The next one answers.
              }
            }
          });
    }
  }

  /** Take a seat and give it back, again and again. */
  void visit(int machines, String licenseKey, Duration betweenVisits) {
    for (var n = 0; n < machines; n++) {
      var name = "visitor-" + n;
      start(
          name,
          connection -> {
            for (var pace = new Pace(betweenVisits); pace.goesOn(); ) {
              release(connection, acquire(connection, licenseKey, name));
            }
          });
    }
  }

  /** Asks for a seat of a full pool, and must be refused each time. */
  void knock(String licenseKey, Duration betweenKnocks) {
    start(
        "knocker",
        connection -> {
          for (var pace = new Pace(betweenKnocks); pace.goesOn(); ) {
            var answer = askAgain(connection, "acquire", acquireBody(licenseKey, "knocker"));
            // From the end on holders give their seats back.
            if (stop.getCount() > 0 && !isOfFullPool(answer)) {
              failures.add("knocker: expected a full pool, found " + answer);
            }
          }
        });
  }

  private static boolean isOfFullPool(KeptConnection.Answer answer) {
    return answer.status() == 409 && POOL_EXHAUSTED.equals(answer.text("type"));
  }

  /** Lets all end what they are at; returns what went wrong. */
  List<String> finish() throws InterruptedException, ExecutionException {
    stop.countDown();
    for (var machine : running) {
      machine.get();
    }
    return List.copyOf(failures);
  }

  /** What went wrong so far. */
  List<String> failures() {
    return List.copyOf(failures);
  }

  long heartbeats() {
    return heartbeats.get();
  }

  @Override
  public void close() {
    stop.countDown();
    threads.shutdownNow();
    threads.close();
  }

  @Override
  public String toString() {
    return "%d requests, %d of them heartbeats; %d kept connections were found closed, %d times somebody was put off"
        .formatted(requests.get(), heartbeats.get(), retries.get(), putOffs.get());
  }

  private void start(String name, Program program) {
    running.add(threads.submit(() -> run(name, program)));
  }

  private void run(String name, Program program) {
    var connection = new KeptConnection(api);
    try (connection) {
      program.run(connection);
    } catch (IOException e) {
      failures.add(name + ": " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      retries.addAndGet(connection.retries());
    }
  }

  private void hold(
      KeptConnection connection,
      String licenseKey,
      String name,
      Duration betweenHeartbeats,
      CountDownLatch seated)
      throws IOException, InterruptedException {
    String session;
    try {
      session = acquire(connection, licenseKey, name);
    } finally {
      seated.countDown();
    }
    for (var pace = new Pace(betweenHeartbeats); pace.goesOn(); ) {
      expect(ask(connection, "heartbeat", sessionBody(session)), name + "'s heartbeat");
      heartbeats.incrementAndGet();
    }
    release(connection, session);
  }

  private String acquire(KeptConnection connection, String licenseKey, String name)
      throws IOException, InterruptedException {
    var answer = askAgain(connection, "acquire", acquireBody(licenseKey, name));
    expect(answer, name + "'s acquire");
    return answer.text("session_id");
  }

  private void release(KeptConnection connection, String session)
      throws IOException, InterruptedException {
    expect(askAgain(connection, "release", sessionBody(session)), "release of " + session);
  }

  private KeptConnection.Answer askAgain(KeptConnection connection, String verb, String body)
      throws IOException, InterruptedException {
    var answer = ask(connection, verb, body);
    for (var attempt = 1; attempt < ATTEMPTS && isPutOff(answer); attempt++) {
      putOffs.incrementAndGet();
      Thread.sleep(answer.retryAfter().orElseThrow());
      answer = ask(connection, verb, body);
    }
    return answer;
  }

  private static boolean isPutOff(KeptConnection.Answer answer) {
    return answer.status() == UNAVAILABLE && answer.retryAfter().isPresent();
  }

  private KeptConnection.Answer ask(KeptConnection connection, String verb, String body)
      throws IOException {
    requests.incrementAndGet();
    return connection.post("/api/v1/licenses/" + verb, body);
  }

  private static void expect(KeptConnection.Answer answer, String what) throws IOException {
    if (answer.status() != 200) {
      throw new IOException(what + " was answered " + answer);
    }
  }

  private static String acquireBody(String licenseKey, String machine) {
    return "{\"license_key\":\"%s\",\"hardware_id\":\"%s\"}".formatted(licenseKey, machine);
  }

  private static String sessionBody(String session) {
    return "{\"session_id\":\"%s\"}".formatted(session);
  }

  /** What a machine does until it is stopped. */
  @FunctionalInterface
  private interface Program {
    void run(KeptConnection connection) throws IOException, InterruptedException;
  }

  /** Lets a machine call when its next call is due: late calls are made up for. */
  private final class Pace {

    private final long everyNanos;
    private long dueNanos;

    Pace(Duration every) {
      this.everyNanos = every.toNanos();
      // Not all at once.
      this.dueNanos = System.nanoTime() + (long) (Math.random() * everyNanos);
    }

    boolean goesOn() throws InterruptedException {
      var stopped = stop.await(Math.max(0, dueNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
      dueNanos += everyNanos;
      return !stopped;
    }
  }
}
