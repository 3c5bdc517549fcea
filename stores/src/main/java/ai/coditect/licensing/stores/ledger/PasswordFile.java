package ai.coditect.licensing.stores.ledger;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Properties;
import org.postgresql.plugin.AuthenticationPlugin;
import org.postgresql.plugin.AuthenticationRequestType;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;

/**
 * A password that is read for each login and is in memory no longer: a dump of the heap does not
 * tell it, and one that was replaced in the file is used from then on. Made by the driver.
 */
public final class PasswordFile implements AuthenticationPlugin {

  /** Names the file to the driver. */
  static final String PROPERTY = "licensing.passwordFile";

  private final Path file;

  public PasswordFile(Properties connection) {
    this.file = Path.of(connection.getProperty(PROPERTY));
  }

  /** The driver clears what it is given. */
  @Override
  public char[] getPassword(AuthenticationRequestType type) throws PSQLException {
    try {
      return password(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new PSQLException(
          "The password's file cannot be read: " + file, PSQLState.INVALID_PASSWORD, e);
    }
  }

  private static char[] password(byte[] bytes) {
    var characters = StandardCharsets.UTF_8.decode(ByteBuffer.wrap(bytes));
    var password = new char[characters.remaining()];
    characters.get(password);
    Arrays.fill(bytes, (byte) 0);
    Arrays.fill(characters.array(), '\0');
    return password;
  }
}
