package ai.coditect.licensing.servers;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * Puts binaries that come inside jars into a folder of the cache, once. Other processes see the
 * folder whole or not at all.
 */
final class Unpacked {

  /** Fills an empty folder. */
  interface Filler {
    void fill(Path folder) throws IOException;
  }

  private Unpacked() {}

  static Path once(Path parent, String name, Filler filler) {
    var folder = parent.resolve(name);
    try {
      if (Files.isDirectory(folder)) {
        return folder;
      }
      Files.createDirectories(parent);
      try (var lock =
              FileChannel.open(
                  parent.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          var _ = lock.lock()) {
        if (!Files.isDirectory(folder)) {
          var fresh = Files.createTempDirectory(parent, ".unpacking");
          try {
            filler.fill(fresh);
            Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rwxr-xr-x"));
            Files.move(fresh, folder, StandardCopyOption.ATOMIC_MOVE);
          } finally {
            Folders.delete(fresh);
          }
        }
      }
      return folder;
    } catch (IOException e) {
      throw new ServerFailedException("Cannot unpack into " + folder, e);
    }
  }

  static void executable(InputStream content, Path file) throws IOException {
    Files.copy(content, file);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  static void tarXz(InputStream archive, Path folder) throws IOException {
    try (var tar = new TarArchiveInputStream(new XZInputStream(archive))) {
      for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        var target = folder.resolve(entry.getName()).normalize();
        if (!target.startsWith(folder)) {
          throw new IOException("The archive's entry " + entry.getName() + " leaves its folder");
        }
        Files.createDirectories(target.resolve("..").normalize());
        write(tar, entry, target);
      }
    }
  }

  private static void write(TarArchiveInputStream tar, TarArchiveEntry entry, Path target)
      throws IOException {
    if (entry.isDirectory()) {
      Files.createDirectories(target);
      return;
    }
    if (entry.isSymbolicLink()) {
      Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
    } else {
      Files.copy(tar, target);
      Files.setPosixFilePermissions(target, permissions(entry.getMode()));
    }
  }

  private static Set<PosixFilePermission> permissions(int mode) {
    var isExecutable = (mode & 0100) != 0;
    return EnumSet.copyOf(
        PosixFilePermissions.fromString(isExecutable ? "rwxr-xr-x" : "rw-r--r--"));
  }
}
