package ai.coditect.licensing.servers;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One server process of a data folder: its log, its pid file, and how it is waited for and stopped.
 *
 * <p>The pid file lets the next run on the same folder end a process whose starter was killed.
 */
final class ServerProcess implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ServerProcess.class);
  private static final Duration POLL = Duration.ofMillis(25);

  /**
   * What to run.
   *
   * @param environment what it finds there, unless whoever starts us has set it otherwise
   * @param stopSignal the signal that asks for an orderly stop, without its {@code SIG}
   * @param stopWithin how long the server may take for that before it is killed
   */
  record Spec(
      String name,
      List<String> command,
      Map<String, String> environment,
      Path folder,
      Path log,
      String stopSignal,
      Duration stopWithin) {

    Spec {
      command = List.copyOf(command);
      environment = Map.copyOf(environment);
    }

    PidFile pidFile() {
      return new PidFile(folder.resolve(name + ".pid"));
    }
  }

  private final Spec spec;
  private final Process process;

  private ServerProcess(Spec spec, Process process) {
    this.spec = spec;
    this.process = process;
  }

  /** Ends what an earlier run left over, then starts the process. */
  static ServerProcess start(Spec spec) {
    endLeftover(spec);
    try {
      var builder =
          new ProcessBuilder(spec.command())
              .directory(spec.folder().toFile())
              .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(spec.log().toFile()));
      spec.environment().forEach(builder.environment()::putIfAbsent);
      var process = builder.start();
      spec.pidFile().write(process.toHandle());
      LOG.atDebug()
          .addKeyValue("server", spec.name())
          .addKeyValue("pid", process.pid())
          .log("Server started");
      return new ServerProcess(spec, process);
    } catch (IOException e) {
      throw new ServerFailedException(
          "Cannot start %s: %s".formatted(spec.name(), e.getMessage()), e);
    }
  }

  /** Ends the process an earlier run on the same folder left over, if there is one. */
  static void endLeftover(Spec spec) {
    spec.pidFile()
        .running()
        .ifPresent(
            handle -> {
              LOG.atInfo()
                  .addKeyValue("server", spec.name())
                  .addKeyValue("pid", handle.pid())
                  .log("Ending what an earlier run left over");
              end(handle, spec);
            });
    spec.pidFile().delete();
  }

  /** Waits until the check holds. Fails at once when the process ends before. */
  void awaitReady(BooleanSupplier ready, Duration within) {
    var deadline = System.nanoTime() + within.toNanos();
    while (!ready.getAsBoolean()) {
      if (!process.isAlive()) {
        throw failure("ended with status %d while starting".formatted(process.exitValue()));
      }
      if (System.nanoTime() > deadline) {
        throw failure("was not ready within %d s".formatted(within.toSeconds()));
      }
      pause();
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  long pid() {
    return process.pid();
  }

  ServerFailedException failure(String what) {
    return new ServerFailedException(
        "%s %s. Its log: %s%n%s".formatted(spec.name(), what, spec.log(), LogTail.of(spec.log())));
  }

  /** Ends it at once, and waits until it has ended. */
  void kill() {
    process.destroyForcibly();
    endsWithin(process.toHandle(), spec.stopWithin());
    spec.pidFile().delete();
  }

  @Override
  public void close() {
    end(process.toHandle(), spec);
    spec.pidFile().delete();
  }

  /**
   * Ends the process without its orderly stop.
   *
   * @param signal without its {@code SIG}
   */
  void crash(String signal) {
    if (!Commands.succeeds("kill", "-" + signal, Long.toString(process.pid()))
        || !endsWithin(process.toHandle(), spec.stopWithin())) {
      throw failure("did not end by SIG" + signal);
    }
    spec.pidFile().delete();
  }

  /** Whether the process ends in time; waits for that even when interrupted. */
  static boolean endsWithin(ProcessHandle handle, Duration limit) {
    try {
      handle.onExit().orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS).join();
      return true;
    } catch (CompletionException e) {
      return !handle.isAlive();
    }
  }

  /** Goes on when interrupted: who interrupts a stop would leave the process behind. */
  private static void end(ProcessHandle handle, Spec spec) {
    var interrupted = Thread.interrupted();
    try {
      signal(handle, spec.stopSignal());
      if (!endsWithin(handle, spec.stopWithin())) {
        LOG.atWarn()
            .addKeyValue("server", spec.name())
            .addKeyValue("pid", handle.pid())
            .log("Did not stop in time, killing it");
        handle.destroyForcibly();
        endsWithin(handle, Duration.ofSeconds(10));
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static void signal(ProcessHandle handle, String signal) {
    // The handle knows only TERM and KILL.
    if (signal.equals("TERM")
        || !Commands.succeeds("kill", "-" + signal, Long.toString(handle.pid()))) {
      handle.destroy();
    }
  }

  private static void pause() {
    try {
      TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ServerFailedException("Interrupted while waiting for a server", e);
    }
  }
}
