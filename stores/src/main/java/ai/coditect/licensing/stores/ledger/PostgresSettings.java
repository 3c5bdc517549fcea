package ai.coditect.licensing.stores.ledger;

import static java.util.Objects.requireNonNull;

/**
 * Where Postgres is and who logs in.
 *
 * @param jdbcUrl {@code jdbc:postgresql://host:port/database}, without credentials
 * @param user login role
 * @param password its password; may be empty where the server asks for none
 */
public record PostgresSettings(String jdbcUrl, String user, String password) {

  public PostgresSettings {
    requireNonNull(jdbcUrl, "jdbcUrl");
    requireNonNull(user, "user");
    requireNonNull(password, "password");
  }

  @Override
  public String toString() {
    return "PostgresSettings[" + jdbcUrl + ", " + user + "]";
  }
}
