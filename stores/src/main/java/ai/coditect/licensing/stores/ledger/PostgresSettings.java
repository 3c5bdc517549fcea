package ai.coditect.licensing.stores.ledger;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where Postgres is and who logs in.
 *
 * @param jdbcUrl {@code jdbc:postgresql://host:port/database}, without credentials
 * @param user login role
 * @param password its password; empty where the server asks for none, or a file holds it
 * @param passwordFile holds the password, which is read for each login and kept nowhere
 */
public record PostgresSettings(
    String jdbcUrl, String user, String password, Optional<Path> passwordFile) {

  public PostgresSettings {
    requireNonNull(jdbcUrl, "jdbcUrl");
    requireNonNull(user, "user");
    requireNonNull(password, "password");
    requireNonNull(passwordFile, "passwordFile");
  }

  /** With a password that stays in memory. */
  public PostgresSettings(String jdbcUrl, String user, String password) {
    this(jdbcUrl, user, password, Optional.empty());
  }

  /** With a password that does not. */
  public PostgresSettings(String jdbcUrl, String user, Path passwordFile) {
    this(jdbcUrl, user, "", Optional.of(passwordFile));
  }

  @Override
  public String toString() {
    return "PostgresSettings[" + jdbcUrl + ", " + user + "]";
  }
}
