package ai.coditect.licensing.api.faults;

import ai.coditect.licensing.servers.FaultyLink;
import ai.coditect.licensing.servers.LoopbackPort;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;

/**
 * One API process, begun anew at will on the same port, with faulty links between it and its
 * clients, Postgres and Redis.
 */
final class Pod implements AutoCloseable {

  /** A small process that starts fast: its speed is not what is tested. */
  private static final List<String> JVM_OPTIONS =
      List.of(
          "-XX:+UseSerialGC",
          "-Xmx128m",
          "-XX:TieredStopAtLevel=1",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow");

  private static final String MAIN = "ai.coditect.licensing.api.SteppedMain";
  private static final Duration START = Duration.ofMinutes(1);
  private static final Duration STOP = Duration.ofSeconds(30);
  private static final Duration READY = Duration.ofSeconds(90);

  /** A client's patience. */
  private static final Duration ANSWER = Duration.ofMillis(2_500);

  /** A probe's patience. */
  private static final Duration SOON = Duration.ofMillis(500);

  final int number;
  final FaultyLink clients;
  final FaultyLink postgres;
  final FaultyLink redis;
  private final int port;
  private final Map<String, String> environment;
  private final Path log;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(ANSWER).build();
  private volatile Process process;
  private volatile Line line;

  /**
   * @param environment as for a process that reaches its stores directly
   */
  Pod(int number, Map<String, String> environment, Path log) {
    this.number = number;
    this.log = log;
    this.environment = new HashMap<>(environment);
    postgres = inserted("LICENSE_API_POSTGRES_URL");
    redis = inserted("LICENSE_API_REDIS_URL");
    port = freePort();
    clients = FaultyLink.to(port);
    this.environment.put("LICENSE_API_HTTP_PORT", Integer.toString(port));
  }

  /** Starts the process; it serves a little later. */
  synchronized void start() {
    start(Duration.ZERO, Optional.empty());
  }

  /**
   * Starts the process; it serves a little later.
   *
   * @param ahead of the true time is its clock
   * @param armed where it shall wait
   */
  synchronized void start(Duration ahead, Optional<Step> armed) {
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      listener.setSoTimeout(Math.toIntExact(START.toMillis()));
      process = launch(listener.getLocalPort());
      line = new Line(listener.accept());
      setClock(ahead);
      armed.ifPresent(this::arm);
      line.tell(Steps.START);
    } catch (IOException e) {
      throw new UncheckedIOException("Pod " + number + " did not start; see " + log, e);
    }
  }

  /** Whoever comes to that step next waits there. */
  synchronized void arm(Step step) {
    line.at = new CountDownLatch(1);
    line.tell(Steps.ARM + " " + step);
  }

  /** Whether somebody waits at a step by then. */
  boolean waitsAtStep(Duration within) throws InterruptedException {
    return line.at.await(within.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Whoever waits goes on, and nobody else waits. */
  synchronized void go() {
    line.tell(Steps.GO);
  }

  synchronized void setClock(Duration ahead) {
    line.tell(Steps.CLOCK + " " + ahead.toMillis());
  }

  /** Kills the process; answers whether it was alive. */
  synchronized boolean kill() {
    boolean wasAlive = process.isAlive();
    process.destroyForcibly();
    process.onExit().join();
    return wasAlive;
  }

  /** Asks the process to end, and does not wait for it. */
  synchronized void terminate() {
    process.destroy();
  }

  /** Whether the process, which was told to end, did so with 0 in time. */
  synchronized boolean endsInOrder() throws InterruptedException {
    return process.waitFor(STOP.toSeconds(), TimeUnit.SECONDS) && process.exitValue() == 0;
  }

  /** Stops the process where it stands. */
  void pause() {
    signal("STOP");
  }

  /** Whether the process stands still. */
  boolean isPaused() {
    return command("ps", "-o", "stat=", "-p", Long.toString(process.pid())).startsWith("T");
  }

  void resume() {
    signal("CONT");
  }

  /** Begins the process anew where it has ended; ends all that was done to it. */
  synchronized void heal() {
    List.of(clients, postgres, redis).forEach(FaultyLink::heal);
    if (process.isAlive()) {
      resume();
      go();
      setClock(Duration.ZERO);
    } else {
      start();
    }
  }

  void awaitReady() {
    Awaitility.await("pod " + number + " ready; see " + log)
        .atMost(READY)
        .pollInterval(Duration.ofMillis(50))
        .until(this::isReady);
  }

  /** Whether balancers would send clients here. */
  boolean isReady() throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/v1/health/ready"))
            .timeout(SOON)
            .build();
    try {
      return http.send(request, BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /** What a client is answered, over its own link; empty where no answer came. */
  Optional<HttpResponse<String>> post(String path, String body) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + clients.port() + path))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build();
    // Not the request's own limit: in this JDK it ends where the body begins.
    CompletableFuture<HttpResponse<String>> answer =
        http.sendAsync(request, BodyHandlers.ofString());
    try {
      return Optional.of(answer.get(ANSWER.toMillis(), TimeUnit.MILLISECONDS));
    } catch (ExecutionException | TimeoutException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } finally {
      // Gives the connection up where no answer came.
      answer.cancel(true);
    }
  }

  @Override
  public void close() {
    if (process != null) {
      kill();
    }
    List.of(clients, postgres, redis).forEach(FaultyLink::close);
    http.shutdownNow();
  }

  @Override
  public String toString() {
    return "pod " + number;
  }

  /** Leads the address that the variable names through a link. */
  private FaultyLink inserted(String variable) {
    String address = environment.get(variable);
    int store = URI.create(address.replaceFirst("^jdbc:", "")).getPort();
    FaultyLink link = FaultyLink.to(store);
    environment.put(variable, address.replace(":" + store, ":" + link.port()));
    return link;
  }

  private Process launch(int linePort) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JVM_OPTIONS);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), MAIN));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putAll(environment);
    builder.environment().put(Steps.PORT, Integer.toString(linePort));
    return builder.start();
  }

  private void signal(String name) {
    command("kill", "-" + name, Long.toString(process.pid()));
  }

  private static String command(String... command) {
    try {
      Process run = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      run.onExit().join();
      return said.strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int freePort() {
    try {
      return LoopbackPort.free();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The test's end of the line to the process' {@link Steps}. */
  private static final class Line {

    private final PrintStream out;

    /** Opens when somebody waits at the step that was named last. */
    private volatile CountDownLatch at = new CountDownLatch(1);

    Line(Socket socket) throws IOException {
      out = new PrintStream(socket.getOutputStream(), true, StandardCharsets.US_ASCII);
      Thread.startVirtualThread(() -> listen(socket));
    }

    void tell(String words) {
      out.println(words);
    }

    private void listen(Socket socket) {
      try (socket;
          BufferedReader in =
              new BufferedReader(
                  new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
        while (in.readLine() != null) {
          at.countDown();
        }
      } catch (IOException e) {
        // The process has ended.
      }
    }
  }
}
