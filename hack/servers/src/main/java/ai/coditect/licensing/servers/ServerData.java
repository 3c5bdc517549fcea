package ai.coditect.licensing.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The folder that holds servers' data, after the servers' own life. */
public final class ServerData {

  private ServerData() {}

  /**
   * Kills the servers that a killed run left over anywhere in the folder, then deletes the folder.
   */
  public static void delete(Path folder) {
    try {
      if (Files.exists(folder)) {
        killLeftovers(folder);
        Unpacked.deleteTree(folder);
      }
    } catch (IOException e) {
      throw new ServerFailedException("Cannot delete " + folder, e);
    }
  }

  private static void killLeftovers(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (var file : files.filter(it -> it.toString().endsWith(".pid")).toList()) {
        new PidFile(file).running().ifPresent(ProcessHandle::destroyForcibly);
      }
    }
  }
}
