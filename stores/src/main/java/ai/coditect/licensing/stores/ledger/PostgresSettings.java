package ai.coditect.licensing.stores.ledger;

import static java.util.Objects.requireNonNull;

import ai.coditect.licensing.stores.tls.TrustedAuthorities;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where Postgres is and who logs in.
 *
 * @param jdbcUrl {@code jdbc:postgresql://host:port/database}, without credentials
 * @param user login role
 * @param password its password; empty where the server asks for none, or a file holds it
 * @param passwordFile holds the password, which is read for each login and kept nowhere
 * @param ca certificate authorities in PEM from which the server's certificate must come; where
 *     empty, the URL says by {@code sslmode} and {@code sslrootcert} whether and how it is verified
 */
public record PostgresSettings(
    String jdbcUrl,
    String user,
    String password,
    Optional<Path> passwordFile,
    Optional<String> ca) {

  /**
   * Checks what belongs together.
   *
   * @throws IllegalArgumentException where authorities cannot be read, or the URL says that they
   *     are not asked
   */
  public PostgresSettings {
    requireNonNull(jdbcUrl, "jdbcUrl");
    requireNonNull(user, "user");
    requireNonNull(password, "password");
    requireNonNull(passwordFile, "passwordFile");
    ca.ifPresent(TrustedAuthorities::of);
    ca.ifPresent(pem -> PostgresTls.properties(jdbcUrl, pem));
  }

  /** With a password that stays in memory. */
  public PostgresSettings(String jdbcUrl, String user, String password) {
    this(jdbcUrl, user, password, Optional.empty(), Optional.empty());
  }

  /** With a password that does not. */
  public PostgresSettings(String jdbcUrl, String user, Path passwordFile) {
    this(jdbcUrl, user, "", Optional.of(passwordFile), Optional.empty());
  }

  /** The same, trusting these authorities. */
  public PostgresSettings trusting(Optional<String> authorities) {
    return new PostgresSettings(jdbcUrl, user, password, passwordFile, authorities);
  }

  @Override
  public String toString() {
    return "PostgresSettings[" + jdbcUrl + ", " + user + "]";
  }
}
