package ai.coditect.licensing.devstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coditect.licensing.servers.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class OperatorDatabaseTest {

  private final PostgresServer postgres = PostgresServer.shared();

  @Test
  void givesARoleThatMakesRolesAndOwnsTheDatabase() throws SQLException {
    OperatorDatabase.prepare(postgres, "secret");

    try (var connection = logIn("secret");
        var statement = connection.createStatement()) {
      statement.execute("CREATE SCHEMA made_by_operator");
      statement.execute("CREATE ROLE made_by_operator");
      statement.execute("DROP ROLE made_by_operator");
      statement.execute("DROP SCHEMA made_by_operator");
    }
  }

  @Test
  void givesNoSuperuser() throws SQLException {
    OperatorDatabase.prepare(postgres, "secret");

    try (var connection = logIn("secret");
        var statement = connection.createStatement();
        var rows =
            statement.executeQuery("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getBoolean(1)).isFalse();
    }
  }

  @Test
  void takesANewPasswordWithAQuoteInIt() throws SQLException {
    OperatorDatabase.prepare(postgres, "old");
    OperatorDatabase.prepare(postgres, "it's new");

    assertThatThrownBy(() -> logIn("old")).hasMessageContaining("password authentication failed");
    logIn("it's new").close();
  }

  private Connection logIn(String password) throws SQLException {
    return DriverManager.getConnection(
        postgres.jdbcUrl(OperatorDatabase.DATABASE), OperatorDatabase.ROLE, password);
  }
}
