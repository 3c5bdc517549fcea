package ai.coditect.licensing.stores.ledger;

/**
 * How a tenant's pods log in to Postgres.
 *
 * @param jdbcUrl without credentials
 * @param user the tenant's login role
 * @param password its password
 */
public record DatabaseLogin(String jdbcUrl, String user, String password) {

  @Override
  public String toString() {
    return "DatabaseLogin[" + jdbcUrl + ", " + user + "]";
  }
}
