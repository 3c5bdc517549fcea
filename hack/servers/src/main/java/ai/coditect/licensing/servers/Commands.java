package ai.coditect.licensing.servers;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Runs a command to its end. */
final class Commands {

  private static final Duration STOP = Duration.ofSeconds(5);

  private Commands() {}

  /**
   * @throws ServerFailedException where the command's status is not 0, or the thread is
   *     interrupted, with which the command ends
   */
  static void run(String name, List<String> command, Path folder, Path log) {
    try {
      var status =
          statusOf(
              new ProcessBuilder(command)
                  .directory(folder.toFile())
                  .redirectErrorStream(true)
                  .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile())));
      if (status != 0) {
        throw new ServerFailedException(
            "%s ended with status %d. Its log: %s%n%s"
                .formatted(name, status, log, LogTail.of(log)));
      }
    } catch (IOException e) {
      throw new ServerFailedException("Cannot run %s: %s".formatted(name, e.getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ServerFailedException("Interrupted while running " + name, e);
    }
  }

  /** Whether the command can be run and ends with status 0; an interrupted thread is told no. */
  static boolean succeeds(String... command) {
    try {
      return statusOf(
              new ProcessBuilder(command)
                  .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                  .redirectErrorStream(true)
                  .redirectOutput(ProcessBuilder.Redirect.DISCARD))
          == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static int statusOf(ProcessBuilder command) throws IOException, InterruptedException {
    var process = command.start();
    try {
      return process.waitFor();
    } finally {
      end(process);
    }
  }

  private static void end(Process process) {
    process.destroy();
    if (!ServerProcess.endsWithin(process.toHandle(), STOP)) {
      process.destroyForcibly();
    }
  }
}
