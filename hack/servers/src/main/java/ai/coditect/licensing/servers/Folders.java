package ai.coditect.licensing.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Makes the folders servers keep their data in. */
final class Folders {

  private Folders() {}

  /** The folder as an absolute path, made where it is missing, for its owner only. */
  static Path create(Path folder) {
    var absolute = folder.toAbsolutePath().normalize();
    try {
      if (!Files.isDirectory(absolute)) {
        Files.createDirectories(absolute);
        Files.setPosixFilePermissions(absolute, PosixFilePermissions.fromString("rwx------"));
      }
      return absolute;
    } catch (IOException e) {
      throw new ServerFailedException("Cannot make the folder " + absolute, e);
    }
  }
}
