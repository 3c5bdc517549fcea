package ai.coditect.licensing.devstack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * The passwords of this data folder, made once.
 *
 * @param redis of the default user
 * @param operator of the operator's role in Postgres
 */
record Secrets(String redis, String operator) {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int BYTES = 16;

  static Secrets in(DataFolder data) {
    return new Secrets(
        password(data.folder("redis.password")), password(data.folder("operator.password")));
  }

  /** Writes a file only its owner can read, from its first byte on and all at once. */
  static void writePrivately(Path file, String content) throws IOException {
    var fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    Files.createFile(
        fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(fresh, content);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public String toString() {
    return "Secrets[]";
  }

  private static String password(Path file) {
    try {
      if (!Files.exists(file)) {
        var random = new byte[BYTES];
        RANDOM.nextBytes(random);
        writePrivately(file, HexFormat.of().formatHex(random));
      }
      return Files.readString(file);
    } catch (IOException e) {
      throw new DevstackException("Cannot keep a password in " + file, e);
    }
  }
}
