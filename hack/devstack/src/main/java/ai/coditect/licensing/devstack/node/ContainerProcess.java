package ai.coditect.licensing.devstack.node;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** The process of one run of a container. */
final class ContainerProcess implements AutoCloseable {

  /**
   * Writes its process id down before it becomes the program, so that there is no moment at which a
   * killed node would leave a process nobody knows of. Takes no part in the terminal's Ctrl-C: the
   * node ends its pods itself, in order.
   */
  private static final String LAUNCHER = "trap '' INT HUP; echo $$ > \"$0\" && exec \"$@\"";

  private static final long LOOK_AGAIN_MILLIS = 50;

  private final Process process;
  private final Path idFile;

  private ContainerProcess(Process process, Path idFile) {
    this.process = process;
    this.idFile = idFile;
  }

  /**
   * Starts a container.
   *
   * @throws IOException where the program cannot be started
   */
  static ContainerProcess start(ContainerPlan plan, PodFolder folder, String container)
      throws IOException {
    Path idFile = folder.processId(container);
    String program = plan.command().getFirst();
    if (program.contains("/") && !Files.isExecutable(Path.of(program))) {
      throw new IOException("no such program: " + program);
    }
    List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", LAUNCHER, idFile.toString()));
    command.addAll(plan.command());
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.work(container).toFile())
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.nextLog(container).toFile()));
    builder.environment().clear();
    builder.environment().putAll(plan.environment());
    return new ContainerProcess(builder.start(), idFile);
  }

  CompletableFuture<Process> onExit() {
    return process.onExit();
  }

  long id() {
    return process.pid();
  }

  /** Waits for the end. 128 and more tell the signal that ended it. */
  int exitCode() throws InterruptedException, IOException {
    int code = process.waitFor();
    Files.deleteIfExists(idFile);
    return code;
  }

  /**
   * Ends the process and all it has started: first lets it go on for a while as the pre-stop hook
   * asks, then tells it to end, and kills it where it does not.
   *
   * @param preStop how long it goes on; this is part of the time it has
   * @param remaining how much time is left, in nanoseconds; asked again and again, since it may be
   *     shortened
   */
  void end(Duration preStop, LongSupplier remaining) throws InterruptedException {
    List<ProcessHandle> children = process.descendants().toList();
    long hookEnds = System.nanoTime() + preStop.toNanos();
    awaitExit(() -> Math.min(hookEnds - System.nanoTime(), remaining.getAsLong()));
    process.destroy();
    awaitExit(remaining);
    process.destroyForcibly();
    process.waitFor();
    children.forEach(ProcessHandle::destroyForcibly);
  }

  /** Kills it where nobody has ended it: somebody failed who should have. */
  @Override
  public void close() {
    if (process.isAlive()) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().onExit().join();
    }
  }

  private void awaitExit(LongSupplier remaining) throws InterruptedException {
    while (process.isAlive() && remaining.getAsLong() > 0) {
      long left = TimeUnit.NANOSECONDS.toMillis(remaining.getAsLong()) + 1;
      boolean ended = process.waitFor(Math.min(left, LOOK_AGAIN_MILLIS), TimeUnit.MILLISECONDS);
      if (ended) {
        return;
      }
    }
  }
}
