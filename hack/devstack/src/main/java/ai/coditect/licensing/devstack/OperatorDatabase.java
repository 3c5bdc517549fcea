package ai.coditect.licensing.devstack;

import ai.coditect.licensing.servers.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * The operator's database, owned by a role that may make other roles and is no superuser: what a
 * database administrator prepares before the platform is installed.
 */
final class OperatorDatabase {

  static final String DATABASE = "licensing";
  static final String ROLE = "licensing_operator";

  private OperatorDatabase() {}

  static void prepare(PostgresServer postgres, String password) {
    try (var connection = postgres.connect(PostgresServer.SUPERUSER)) {
      if (!exists(connection, "SELECT FROM pg_roles WHERE rolname = ?", ROLE)) {
        execute(connection, "CREATE ROLE " + ROLE);
      }
      setPassword(connection, password);
      if (!exists(connection, "SELECT FROM pg_database WHERE datname = ?", DATABASE)) {
        execute(connection, "CREATE DATABASE " + DATABASE + " OWNER " + ROLE);
      }
    } catch (SQLException e) {
      throw new DevstackException("Cannot prepare the operator's database: " + e.getMessage(), e);
    }
  }

  private static boolean exists(Connection connection, String query, String name)
      throws SQLException {
    try (var statement = connection.prepareStatement(query)) {
      statement.setString(1, name);
      try (var rows = statement.executeQuery()) {
        return rows.next();
      }
    }
  }

  /** At each start: a folder whose password file was lost gets a new one. */
  private static void setPassword(Connection connection, String password) throws SQLException {
    try (var setting =
        connection.prepareStatement("SELECT set_config('devstack.password', ?, false)")) {
      setting.setString(1, password);
      setting.execute();
    }
    execute(
        connection,
        """
        DO $$ BEGIN
          EXECUTE format('ALTER ROLE licensing_operator LOGIN CREATEROLE PASSWORD %L',
            current_setting('devstack.password'));
        END $$
        """);
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
