package ai.coditect.licensing.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;

/** The administrator's bearer token, in the file from which the API server learns it. */
record AdminToken(Path file, String token) {

  private static final int BYTES = 24;
  private static final SecureRandom RANDOM = new SecureRandom();

  /** The folder's token, made where there is none yet. */
  static AdminToken in(Path folder) {
    var file = folder.resolve("tokens.csv");
    try {
      if (!Files.exists(file)) {
        var random = new byte[BYTES];
        RANDOM.nextBytes(random);
        PrivateFile.write(
            file, HexFormat.of().formatHex(random) + ",admin,admin,\"system:masters\"\n");
      }
      var line = Files.readString(file);
      return new AdminToken(file, line.substring(0, line.indexOf(',')));
    } catch (IOException e) {
      throw new ServerFailedException("Cannot read " + file, e);
    }
  }

  @Override
  public String toString() {
    return "AdminToken[" + file + "]";
  }
}
