package ai.coditect.licensing.kmsstandin;

import com.google.cloud.kms.v1.CryptoKey;
import com.google.cloud.kms.v1.CryptoKeyVersion;
import com.google.cloud.kms.v1.KeyRing;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.interfaces.RSAPrivateCrtKey;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Keeps each ring, key and version in a file of its own, in folders named like the resources. A
 * file is replaced as a whole, so a crash leaves the old or the new one. Only the owner may read
 * them, since the private keys lie there in the clear.
 */
final class KeyFolder implements KeyShelf {

  private static final String RING_FILE = "key-ring.json";
  private static final String KEY_FILE = "crypto-key.json";
  private static final String VERSION_FILE = "version.json";
  private static final String PRIVATE_FILE = "private-key.pem";

  private final Path root;
  private final FileChannel lock;

  private KeyFolder(Path root, FileChannel lock) {
    this.root = root;
    this.lock = lock;
  }

  /**
   * Opens the folder, and makes it where it is missing.
   *
   * @throws IllegalStateException where another stand-in uses it
   */
  static KeyFolder open(Path root) {
    try {
      makeFolder(root);
      return new KeyFolder(root, lock(root));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot use " + root + " as the stand-in's folder", e);
    }
  }

  @Override
  public Contents load() {
    List<CryptoKey> keys = read(KEY_FILE, f -> parse(f, CryptoKey.newBuilder()).build());
    List<String> versionsOfKeys = keys.stream().map(k -> k.getName() + "/").toList();
    // A version without its key is what a crash left of a key that was never made.
    List<StoredVersion> versions =
        read(VERSION_FILE, KeyFolder::readVersion).stream()
            .filter(v -> versionsOfKeys.stream().anyMatch(v.name()::startsWith))
            .toList();
    return new Contents(
        read(RING_FILE, f -> parse(f, KeyRing.newBuilder()).build()), keys, versions);
  }

  @Override
  public void keep(KeyRing ring) {
    write(folder(ring.getName()).resolve(RING_FILE), json(ring));
  }

  @Override
  public void keep(CryptoKey key) {
    write(folder(key.getName()).resolve(KEY_FILE), json(key));
  }

  @Override
  public void keep(StoredVersion stored) {
    Path folder = folder(stored.name());
    Path privateFile = folder.resolve(PRIVATE_FILE);
    stored.privateKey().ifPresent(key -> write(privateFile, Pem.privateHalf(key)));
    write(folder.resolve(VERSION_FILE), json(stored.version()));
    if (stored.privateKey().isEmpty()) {
      delete(privateFile);
    }
  }

  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path folder(String resourceName) {
    try {
      return makeFolder(root.resolve(resourceName));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private <T> List<T> read(String fileName, Reader<T> reader) {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(file -> fileName.equals(String.valueOf(file.getFileName())))
          .sorted()
          .map(reader::read)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static StoredVersion readVersion(Path file) {
    CryptoKeyVersion version = parse(file, CryptoKeyVersion.newBuilder()).build();
    Path privateFile = file.resolveSibling(PRIVATE_FILE);
    Optional<RSAPrivateCrtKey> privateKey =
        Files.exists(privateFile)
            ? Optional.of(Pem.readPrivateHalf(readText(privateFile)))
            : Optional.empty();
    return new StoredVersion(version, privateKey);
  }

  private static <B extends Message.Builder> B parse(Path file, B builder) {
    try {
      JsonFormat.parser().merge(readText(file), builder);
      return builder;
    } catch (IOException e) {
      throw new UncheckedIOException(file + " is damaged", e);
    }
  }

  private static String readText(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String json(Message message) {
    try {
      return JsonFormat.printer().print(message) + "\n";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(Path file, String text) {
    Path next = file.resolveSibling(file.getFileName() + ".next");
    try {
      Files.deleteIfExists(next);
      Files.createFile(
          next, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(next, text, StandardOpenOption.DSYNC);
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path makeFolder(Path folder) throws IOException {
    return Files.createDirectories(
        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  private static FileChannel lock(Path root) throws IOException {
    FileChannel channel =
        FileChannel.open(
            root.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // Held in this very process: told like any other.
    }
    channel.close();
    throw new IllegalStateException("Another KMS stand-in uses " + root);
  }

  private interface Reader<T> {
    T read(Path file);
  }
}
