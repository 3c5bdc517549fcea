package ai.coditect.licensing.devstack;

import ai.coditect.licensing.servers.PrivateFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

  @Override
  public String toString() {
    return "Secrets[]";
  }

  private static String password(Path file) {
    try {
      if (!Files.exists(file)) {
        var random = new byte[BYTES];
        RANDOM.nextBytes(random);
        PrivateFile.write(file, HexFormat.of().formatHex(random));
      }
      return Files.readString(file);
    } catch (IOException e) {
      throw new DevstackException("Cannot keep a password in " + file, e);
    }
  }
}
