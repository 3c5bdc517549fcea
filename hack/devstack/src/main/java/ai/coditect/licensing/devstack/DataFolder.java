package ai.coditect.licensing.devstack;

import ai.coditect.licensing.devstack.node.ProcessNode;
import ai.coditect.licensing.servers.ServerData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/** Where one devstack keeps all its data and logs, locked against a second one. */
final class DataFolder implements AutoCloseable {

  private static final String LOCK = "devstack.lock";

  private final Path root;
  private final FileChannel lock;

  private DataFolder(Path root, FileChannel lock) {
    this.root = root;
    this.lock = lock;
  }

  /**
   * Opens the folder, or makes it.
   *
   * @param clean whether to delete first what is in it
   * @throws DevstackException where another devstack uses it, or where it holds something else
   */
  static DataFolder open(Path folder, boolean clean) {
    var root = folder.toAbsolutePath().normalize();
    try {
      requireOurs(root);
      Files.createDirectories(root);
      Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwx------"));
      var opened = new DataFolder(root, lock(root));
      if (clean) {
        opened.deleteAll();
      }
      return opened;
    } catch (IOException e) {
      throw new DevstackException("Cannot use the data folder " + root + ": " + e.getMessage(), e);
    }
  }

  Path root() {
    return root;
  }

  Path folder(String part) {
    return root.resolve(part);
  }

  /** What the process node keeps. */
  Path node() {
    return folder("node");
  }

  /** Where other programs read what {@link Addresses} writes. */
  Path addresses() {
    return folder("addresses.json");
  }

  Path log() {
    return root.resolve("devstack.log");
  }

  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void requireOurs(Path root) throws IOException {
    if (!Files.isDirectory(root) || Files.exists(root.resolve(LOCK))) {
      return;
    }
    try (var entries = Files.list(root)) {
      if (entries.findAny().isPresent()) {
        throw new DevstackException(
            root + " holds something else than a devstack's data: name another folder.");
      }
    }
  }

  private static FileChannel lock(Path root) throws IOException {
    var channel =
        FileChannel.open(root.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (channel.tryLock() == null) {
      channel.close();
      throw new DevstackException(
          "Another devstack uses " + root + ": stop it, or name another folder with --data.");
    }
    return channel;
  }

  private void deleteAll() throws IOException {
    // Before their API server ends: they would wait for it in vain.
    ProcessNode.endLeftovers(node());
    try (var entries = Files.list(root)) {
      for (var entry : entries.filter(it -> !it.endsWith(LOCK)).toList()) {
        ServerData.delete(entry);
      }
    }
  }
}
