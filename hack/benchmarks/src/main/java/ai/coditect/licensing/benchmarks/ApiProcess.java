package ai.coditect.licensing.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The licence API in a process of its own. */
final class ApiProcess implements AutoCloseable {

  private static final String MAIN = "ai.coditect.licensing.api.Main";

  /** For gRPC and Conscrypt; without it Java warns at each start. */
  private static final List<String> NATIVE_ACCESS =
      List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow");

  private static final Duration START_PATIENCE = Duration.ofSeconds(90);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);

  private final Process process;
  private final int port;
  private final Path log;
  private final Duration untilLive;
  private final Duration untilReady;

  private ApiProcess(Process process, int port, Path log, Duration untilLive, Duration untilReady) {
    this.process = process;
    this.port = port;
    this.log = log;
    this.untilLive = untilLive;
    this.untilReady = untilReady;
  }

  /**
   * Starts it and waits until it is ready.
   *
   * @param jvmOptions of its Java
   * @param environment what it is told, its ports excepted
   * @param log where its output goes
   */
  static ApiProcess start(List<String> jvmOptions, Map<String, String> environment, Path log) {
    int port = freePort();
    long start = System.nanoTime();
    Process process = launch(jvmOptions, environment, port, log);
    try {
      Duration live = answers(process, port, "/api/v1/health/live", start, log);
      Duration ready = answers(process, port, "/api/v1/health/ready", start, log);
      return new ApiProcess(process, port, log, live, ready);
    } catch (RuntimeException e) {
      process.destroyForcibly();
      throw e;
    }
  }

  int port() {
    return port;
  }

  /** From the process' start to its first 200 to a liveness probe. */
  Duration untilLive() {
    return untilLive;
  }

  /** From the process' start to its first 200 to a readiness probe. */
  Duration untilReady() {
    return untilReady;
  }

  /** Resident memory now, in bytes. */
  long residentBytes() {
    try {
      Process ps =
          new ProcessBuilder("ps", "-o", "rss=", "-p", Long.toString(process.pid())).start();
      String kilobytes = new String(ps.getInputStream().readAllBytes(), US_ASCII).strip();
      return Long.parseLong(kilobytes) * 1024;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Processor time used so far. */
  Duration processorTime() {
    return process.toHandle().info().totalCpuDuration().orElse(Duration.ZERO);
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP_PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public String toString() {
    return "ApiProcess[pid " + process.pid() + ", port " + port + ", log " + log + "]";
  }

  private static Process launch(
      List<String> jvmOptions, Map<String, String> environment, int port, Path log) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(NATIVE_ACCESS);
    command.addAll(jvmOptions);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), MAIN));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    builder.environment().put("LICENSE_API_HTTP_HOST", "127.0.0.1");
    builder.environment().put("LICENSE_API_HTTP_PORT", Integer.toString(port));
    builder.environment().put("LICENSE_API_METRICS_PORT", Integer.toString(freePort()));
    builder.environment().put("LICENSE_API_STOP_UNREADY_SECONDS", "0");
    try {
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Duration answers(Process process, int port, String path, long start, Path log) {
    return Await.present(
        "a 200 from " + path + "; see " + log,
        START_PATIENCE,
        () -> {
          if (!process.isAlive()) {
            throw new IllegalStateException("The API ended; see " + log);
          }
          return isOk(port, path)
              ? Optional.of(Duration.ofNanos(System.nanoTime() - start))
              : Optional.empty();
        });
  }

  private static boolean isOk(int port, String path) {
    try (HttpConnection connection = HttpConnection.open(port)) {
      return connection.get(path).status() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
