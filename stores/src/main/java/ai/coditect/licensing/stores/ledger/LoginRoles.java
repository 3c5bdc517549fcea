package ai.coditect.licensing.stores.ledger;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.postgresql.util.PasswordUtil;

/**
 * The tenants' login roles. Roles belong to the whole server, so another database's operator may
 * touch the same one at the same time.
 */
final class LoginRoles {

  private static final Pattern TENANT_ID = Pattern.compile("[a-z0-9]([-a-z0-9]{0,46}[a-z0-9])?");

  private final String group;
  private final Map<String, Verifier> verifiersByTenant = new ConcurrentHashMap<>();

  /**
   * The roles one operator makes.
   *
   * @param operator the role that owns the tables
   */
  LoginRoles(String operator) {
    this.group = groupOf(operator);
  }

  /** What Postgres keeps of a password. */
  private record Verifier(String password, String scram) {

    static Verifier of(String password) {
      return new Verifier(password, PasswordUtil.encodeScramSha256(password.toCharArray()));
    }
  }

  /** The role that holds the rights of all logins an operator's role makes. */
  static String groupOf(String operator) {
    return operator + "_api";
  }

  /** The policies of the tables know this name. */
  static String loginOf(String tenantId) {
    if (!TENANT_ID.matcher(tenantId).matches()) {
      throw new IllegalArgumentException("Not a tenant id: " + tenantId);
    }
    return "tenant_" + tenantId;
  }

  static String quote(String identifier) {
    return '"' + identifier.replace("\"", "\"\"") + '"';
  }

  /** The password goes over the wire, and into any log of statements, only as SCRAM verifier. */
  String ensure(Connection connection, String tenantId, String password) throws SQLException {
    var login = loginOf(tenantId);
    lock(connection, login);
    var verb = exists(connection, login) ? "ALTER" : "CREATE";
    var verifier = verifier(tenantId, password).scram();
    execute(connection, "%s ROLE %s LOGIN PASSWORD '%s'".formatted(verb, quote(login), verifier));
    execute(connection, "GRANT %s TO %s".formatted(quote(group), quote(login)));
    return login;
  }

  /** Made once: its thousands of rounds take longer than all else that a look at a tenant does. */
  private Verifier verifier(String tenantId, String password) {
    var known = verifiersByTenant.get(tenantId);
    if (known != null && known.password().equals(password)) {
      return known;
    }
    var made = Verifier.of(password);
    verifiersByTenant.put(tenantId, made);
    return made;
  }

  void drop(Connection connection, String tenantId) throws SQLException {
    var login = loginOf(tenantId);
    verifiersByTenant.remove(tenantId);
    lock(connection, login);
    execute(connection, "DROP ROLE IF EXISTS " + quote(login));
  }

  /** Two who alter one role at the same time fail; nothing else orders them. */
  private static void lock(Connection connection, String login) throws SQLException {
    Query.of(connection, "SELECT true FROM pg_advisory_xact_lock(hashtext(?))")
        .bind(login)
        .list(_ -> true);
  }

  private static boolean exists(Connection connection, String login) throws SQLException {
    return Query.of(connection, "SELECT true FROM pg_roles WHERE rolname = ?")
        .bind(login)
        .first(_ -> true)
        .isPresent();
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
