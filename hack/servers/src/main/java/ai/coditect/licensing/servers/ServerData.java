package ai.coditect.licensing.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The folder that holds servers' data, after the servers' own life. */
public final class ServerData {

  private static final Duration KILL = Duration.ofSeconds(10);

  private ServerData() {}

  /**
   * Kills the processes that a killed run left over anywhere in the folder, with all they have
   * started, then deletes the folder.
   *
   * @throws ServerFailedException where a process does not end, or the folder cannot be deleted
   */
  public static void delete(Path folder) {
    try {
      if (Files.exists(folder)) {
        killLeftovers(folder);
        Folders.delete(folder);
      }
    } catch (IOException | UncheckedIOException e) {
      throw new ServerFailedException("Cannot delete %s: %s".formatted(folder, e), e);
    }
  }

  private static void killLeftovers(Path folder) throws IOException {
    var all =
        leftovers(folder).stream()
            .flatMap(process -> Stream.concat(process.descendants(), Stream.of(process)))
            .toList();
    all.forEach(ProcessHandle::destroyForcibly);
    for (var process : all) {
      if (!ServerProcess.endsWithin(process, KILL)) {
        throw new ServerFailedException(
            "Process %d of an earlier run does not end, so %s is not deleted."
                .formatted(process.pid(), folder));
      }
    }
  }

  private static List<ProcessHandle> leftovers(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".pid"))
          .map(file -> new PidFile(file).running())
          .flatMap(Optional::stream)
          .toList();
    }
  }
}
