package ai.coditect.licensing.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A server in a process of its own. */
final class MeasuredServer implements AutoCloseable {

  private static final Duration START_PATIENCE = Duration.ofSeconds(90);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);

  private final Program program;
  private final Process process;
  private final int port;
  private final Path log;
  private final Duration untilLive;
  private final Duration untilReady;

  private MeasuredServer(
      Program program,
      Process process,
      int port,
      Path log,
      Duration untilLive,
      Duration untilReady) {
    this.program = program;
    this.process = process;
    this.port = port;
    this.log = log;
    this.untilLive = untilLive;
    this.untilReady = untilReady;
  }

  /**
   * Starts it and waits until it is ready.
   *
   * @param environment what it is told, its ports excepted
   * @param log where its output goes
   */
  static MeasuredServer start(Program program, Map<String, String> environment, Path log) {
    int port = freePort();
    long start = System.nanoTime();
    Process process = launch(program, environment, port, log);
    try {
      Duration live = answers(program, process, port, "/live", start, log);
      Duration ready = answers(program, process, port, "/ready", start, log);
      return new MeasuredServer(program, process, port, log, live, ready);
    } catch (RuntimeException e) {
      process.destroyForcibly();
      throw e;
    }
  }

  Program program() {
    return program;
  }

  int port() {
    return port;
  }

  long pid() {
    return process.pid();
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
    return memory("VmRSS:");
  }

  /** The most that was resident at any time, in bytes. */
  long mostResidentBytes() {
    return memory("VmHWM:");
  }

  /**
   * To be called while something is awaited of it.
   *
   * @throws IllegalStateException where it has ended, with its last words
   */
  void requireRunning() {
    if (!process.isAlive()) {
      throw ended(program, process, log);
    }
  }

  /** Processor time used so far. */
  Duration processorTime() {
    return process.toHandle().info().totalCpuDuration().orElse(Duration.ZERO);
  }

  @Override
  public void close() {
    stop(STOP_PATIENCE);
  }

  /** Asks it to stop and waits for that; kills it where it takes too long. */
  void stop(Duration patience) {
    process.destroy();
    try {
      if (!process.waitFor(patience.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public String toString() {
    return program.name() + "[pid " + process.pid() + ", port " + port + ", log " + log + "]";
  }

  private long memory(String line) {
    try {
      return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
          .filter(text -> text.startsWith(line))
          .map(text -> text.replaceAll("[^0-9]", ""))
          .mapToLong(kilobytes -> Long.parseLong(kilobytes) * 1024)
          .sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Process launch(
      Program program, Map<String, String> environment, int port, Path log) {
    ProcessBuilder builder =
        new ProcessBuilder(program.command())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().putAll(program.environment());
    builder.environment().putAll(environment);
    program
        .portVariables()
        .forEach(variable -> builder.environment().put(variable, Integer.toString(freePort())));
    builder.environment().put(program.portVariables().getFirst(), Integer.toString(port));
    try {
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Duration answers(
      Program program, Process process, int port, String probe, long start, Path log) {
    String path = program.health() + probe;
    return Await.present(
        "a 200 from " + path + "; see " + log,
        START_PATIENCE,
        () -> {
          if (!process.isAlive()) {
            throw ended(program, process, log);
          }
          return isOk(port, path)
              ? Optional.of(Duration.ofNanos(System.nanoTime() - start))
              : Optional.empty();
        });
  }

  private static IllegalStateException ended(Program program, Process process, Path log) {
    return new IllegalStateException(
        "%s ended with %d: %s; see %s"
            .formatted(program.name(), process.exitValue(), lastLine(log), log));
  }

  private static String lastLine(Path log) {
    try (Stream<String> lines = Files.lines(log)) {
      return lines
          .filter(line -> !line.isBlank())
          .reduce((before, line) -> line)
          .orElse("it wrote nothing");
    } catch (IOException e) {
      return "its output cannot be read: " + e.getMessage();
    }
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
