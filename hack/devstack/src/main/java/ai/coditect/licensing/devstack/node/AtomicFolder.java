package ai.coditect.licensing.devstack.node;

import ai.coditect.licensing.servers.Folders;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A folder whose files all change at once, laid out as a kubelet does it: the files lie in a folder
 * of their own that {@code ..data} links to, and each name links through {@code ..data}.
 */
final class AtomicFolder {

  private static final String DATA = "..data";

  private final Path folder;
  private Map<String, FileContent> current = Map.of();
  private boolean written;

  AtomicFolder(Path folder) {
    this.folder = folder;
  }

  /**
   * Makes the folder hold exactly these files; does nothing where it does already.
   *
   * @param files by path relative to the folder
   * @return whether anything changed
   */
  synchronized boolean write(Map<String, FileContent> files) throws IOException {
    if (written && files.equals(current)) {
      return false;
    }
    Files.createDirectories(folder);
    Path next = Files.createTempDirectory(folder, "..version-");
    Files.setPosixFilePermissions(next, PosixFilePermissions.fromString("rwx------"));
    for (Map.Entry<String, FileContent> file : files.entrySet()) {
      writeFile(next.resolve(file.getKey()).normalize(), next, file.getValue());
    }
    pointTo(next);
    linkNames(files.keySet());
    removeVersionsExcept(next);
    current = Map.copyOf(files);
    written = true;
    return true;
  }

  private static void writeFile(Path file, Path root, FileContent content) throws IOException {
    Path parent = file.getParent();
    if (parent == null || !parent.startsWith(root)) {
      throw new IOException("A volume's file must lie in it: " + root.relativize(file));
    }
    Files.createDirectories(parent);
    Files.createFile(file, PosixFilePermissions.asFileAttribute(content.permissions()));
    Files.write(file, content.bytes());
  }

  private void pointTo(Path version) throws IOException {
    Path link = folder.resolve("..data_next");
    Files.deleteIfExists(link);
    Files.createSymbolicLink(link, version.getFileName());
    Files.move(link, folder.resolve(DATA), StandardCopyOption.ATOMIC_MOVE);
  }

  private void linkNames(Set<String> paths) throws IOException {
    Set<String> names = new HashSet<>();
    for (String path : paths) {
      String name = Path.of(path).getName(0).toString();
      if (names.add(name)) {
        link(name);
      }
    }
    for (Path entry : entries()) {
      String name = Folders.name(entry);
      if (!name.startsWith("..") && !names.contains(name)) {
        Files.delete(entry);
      }
    }
  }

  private void link(String name) throws IOException {
    try {
      Files.createSymbolicLink(folder.resolve(name), Path.of(DATA, name));
    } catch (FileAlreadyExistsException linked) {
      // From an earlier version: it follows ..data.
    }
  }

  private void removeVersionsExcept(Path version) throws IOException {
    for (Path entry : entries()) {
      if (Folders.name(entry).startsWith("..version-") && !entry.equals(version)) {
        Folders.delete(entry);
      }
    }
  }

  private Iterable<Path> entries() throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.toList();
    }
  }
}
