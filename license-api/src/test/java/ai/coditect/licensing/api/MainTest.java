package ai.coditect.licensing.api;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.api.http.Recording;
import ai.coditect.licensing.api.http.Recording.Answer;
import ai.coditect.licensing.servers.KeptConnection;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The API as a process of its own. */
@Tag("system")
class MainTest {

  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final int CLIENTS = 16;
  private static final String ACQUIRE = "/api/v1/licenses/acquire";

  @TempDir private Path folder;

  @Test
  void wrongSettingsEndItWithTwoAndALineEach() throws Exception {
    Process process =
        start(
            Map.of(
                "LICENSE_API_TENANT_ID", "Acme!",
                "LICENSE_API_REDIS_URL", "redis://:h^sh@host:6379"));

    assertThat(exitCode(process)).isEqualTo(2);
    assertThat(Files.readAllLines(folder.resolve("err")))
        .hasSize(5)
        .allSatisfy(line -> assertThat(line).startsWith("license-api.").doesNotContain("h^sh"));
    assertThat(logLines()).noneMatch(line -> line.contains("h^sh"));
  }

  @Test
  void aTakenPortEndsItWithOneAndOneLine() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Process process =
          start(
              Map.of(
                  "LICENSE_API_TENANT_ID", "acme",
                  "LICENSE_API_POSTGRES_URL", "jdbc:postgresql://127.0.0.1:1/nowhere",
                  "LICENSE_API_POSTGRES_USER", "acme",
                  "LICENSE_API_POSTGRES_PASSWORD", "hush",
                  "LICENSE_API_HTTP_HOST", "127.0.0.1",
                  "LICENSE_API_HTTP_PORT", Integer.toString(taken.getLocalPort()),
                  "LICENSE_API_METRICS_PORT", "0"));

      assertThat(exitCode(process)).isEqualTo(1);
      assertThat(Files.readAllLines(folder.resolve("err")))
          .singleElement()
          .asString()
          .startsWith("license-api.http.port: cannot listen on 127.0.0.1");
    }
  }

  @Test
  void sigtermUnderLoadLosesNoRequestAndEndsWithZero() throws Exception {
    try (Installation installation = Installation.shared(false)) {
      String key = installation.putPool("cad", 100_000, Duration.ofMinutes(6));
      Map<String, String> environment = installation.environment();
      environment.put("LICENSE_API_STOP_UNREADY_SECONDS", "2");
      Process process = start(environment);
      Recording api = new Recording(awaitPort());
      Awaitility.await().atMost(PATIENCE).until(() -> readiness(api).status() == 200);

      Load load = new Load(logged("port"), key);
      try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < CLIENTS; i++) {
          clients.execute(load);
        }
        Awaitility.await().atMost(PATIENCE).until(() -> load.granted.get() > 100);
        process.destroy();
        Awaitility.await()
            .pollInterval(Duration.ofMillis(20))
            .atMost(PATIENCE)
            .until(() -> readiness(api).status() == 503);
        assertThat(exitCode(process)).isEqualTo(0);
      }

      assertThat(load.otherwise).as("answers but a grant, and answers that broke off").isEmpty();
      assertThat(load.granted).as("answered grants").hasValue(installation.inUse("cad"));
      assertThat(logLines()).allSatisfy(line -> assertThat(line).doesNotContain(key));
    }
  }

  @Test
  void metricsAreOnTheirOwnPortOnly() throws Exception {
    try (Installation installation = Installation.shared(false)) {
      Process process = start(installation.environment());
      Recording api = new Recording(awaitPort());
      Recording metrics = new Recording(logged("metricsPort"));

      assertThat(metrics.get("/metrics").raw().body()).contains("jvm_memory_used_bytes");
      assertThat(metrics.get("/metricsx").status()).isEqualTo(404);
      assertThat(api.get("/metrics").status()).isEqualTo(404);
      process.destroy();
      assertThat(exitCode(process)).isEqualTo(0);
    }
  }

  private Process start(Map<String, String> environment) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName())
            .redirectOutput(folder.resolve("out").toFile())
            .redirectError(folder.resolve("err").toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    return process;
  }

  private static int exitCode(Process process) throws InterruptedException {
    boolean ended = process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    if (!ended) {
      process.destroyForcibly();
    }
    assertThat(ended).as("ended by itself").isTrue();
    return process.exitValue();
  }

  private int awaitPort() {
    Awaitility.await().atMost(PATIENCE).until(() -> !logLines("Serving").isEmpty());
    return logged("port");
  }

  private int logged(String member) {
    for (JsonNode pair : parse(logLines("Serving").getFirst()).path("kvpList")) {
      if (pair.has(member)) {
        return pair.get(member).asInt();
      }
    }
    throw new IllegalStateException("not logged: " + member);
  }

  private List<String> logLines(String message) {
    return logLines().stream()
        .filter(line -> parse(line).path("formattedMessage").asText().equals(message))
        .toList();
  }

  private List<String> logLines() {
    try {
      return Files.readAllLines(folder.resolve("out"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode parse(String line) {
    try {
      return new ObjectMapper().readTree(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Answer readiness(Recording api) {
    return api.get("/api/v1/health/ready");
  }

  /** Acquires for ever more machines, on a connection that is kept, until nobody listens. */
  private static final class Load implements Runnable {
    private final InetSocketAddress server;
    private final String key;
    private final AtomicInteger granted = new AtomicInteger();
    private final Queue<String> otherwise = new ConcurrentLinkedQueue<>();

    Load(int port, String key) {
      this.server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
      this.key = key;
    }

    @Override
    public void run() {
      try (KeptConnection connection = new KeptConnection(server)) {
        while (true) {
          KeptConnection.Answer answer = connection.post(ACQUIRE, machine());
          if (answer.status() == 200) {
            granted.incrementAndGet();
          } else {
            otherwise.add(answer.body());
          }
        }
      } catch (ConnectException e) {
        // Nobody listens any more. A request that was executed without an answer shows as a seat
        // that is held though nobody was told.
      } catch (KeptConnection.UnansweredException e) {
        // The end of listening resets the connections that wait to be taken; but only that may.
        if (somebodyListens()) {
          otherwise.add(e.toString());
        }
      } catch (IOException e) {
        otherwise.add(e.toString());
      }
    }

    private boolean somebodyListens() {
      try (Socket socket = new Socket(server.getAddress(), server.getPort())) {
        return socket.isConnected();
      } catch (IOException e) {
        return false;
      }
    }

    private String machine() {
      return "{\"license_key\":\"%s\",\"hardware_id\":\"%s\"}".formatted(key, UUID.randomUUID());
    }
  }
}
