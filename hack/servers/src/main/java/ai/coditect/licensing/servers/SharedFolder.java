package ai.coditect.licensing.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The temporary folder of a server that all tests of one JVM share. It is named after the JVM, so
 * that what a killed JVM left over can be told, ended and deleted by the next one.
 */
record SharedFolder(Path path) {

  private static final String OWNER = "owner.pid";

  static SharedFolder create(String server) {
    var root =
        Folders.createInPublic(
            Path.of(
                System.getProperty("java.io.tmpdir"),
                "coditect-licensing-" + System.getProperty("user.name")),
            "rwx------");
    deleteAbandoned(root);
    var folder = Folders.create(root.resolve(server + "-" + ProcessHandle.current().pid()));
    new PidFile(folder.resolve(OWNER)).write(ProcessHandle.current());
    return new SharedFolder(folder);
  }

  /** Closes the server and deletes the folder when the JVM ends. */
  void atExit(AutoCloseable server) {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> end(server), "end-" + path.getFileName()));
  }

  private void end(AutoCloseable server) {
    try {
      server.close();
      Folders.delete(path);
    } catch (Exception e) {
      System.err.println("Cannot end the server in " + path + ": " + e.getMessage());
    }
  }

  private static void deleteAbandoned(Path root) {
    try (var folders = Files.newDirectoryStream(root)) {
      for (var folder : folders) {
        if (Files.exists(folder.resolve(OWNER))
            && new PidFile(folder.resolve(OWNER)).running().isEmpty()) {
          ServerData.delete(folder);
        }
      }
    } catch (IOException e) {
      throw new ServerFailedException("Cannot clear " + root, e);
    }
  }
}
