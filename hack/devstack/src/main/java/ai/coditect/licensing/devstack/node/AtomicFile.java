package ai.coditect.licensing.devstack.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;

/** Writes a file so that a reader sees all of it or what was there before. */
final class AtomicFile {

  private AtomicFile() {}

  static void write(Path file, FileContent content) throws IOException {
    if (Files.exists(file) && Arrays.equals(Files.readAllBytes(file), content.bytes())) {
      return;
    }
    Path next = file.resolveSibling(file.getFileName() + ".next");
    Files.deleteIfExists(next);
    Files.createFile(next, PosixFilePermissions.asFileAttribute(content.permissions()));
    Files.write(next, content.bytes());
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
