package ai.coditect.licensing.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresServerTest {

  @TempDir Path temp;

  @Test
  void runsPostgres16() throws SQLException {
    try (var connection = PostgresServer.shared().connect("postgres")) {
      assertThat(connection.getMetaData().getDatabaseMajorVersion()).isEqualTo(16);
    }
  }

  @Test
  void keepsDataAndPortInAFolderWithBlanks() throws SQLException {
    var folder = temp.resolve("a folder with 'blanks'");
    int port;
    try (var server = PostgresServer.start(folder)) {
      port = server.port();
      server.createDatabase("licensing");
      execute(server.connect("licensing"), "CREATE TABLE kept (n int)");
    }
    try (var server = PostgresServer.start(folder)) {
      assertThat(server.port()).isEqualTo(port);
      execute(server.connect("licensing"), "INSERT INTO kept VALUES (1)");
    }
  }

  @Test
  void takesOverFromARunThatWasKilled() throws SQLException {
    var abandoned = PostgresServer.start(temp);
    abandoned.createDatabase("kept");
    var pid = new PidFile(temp.resolve("postgres.pid")).running().orElseThrow();

    try (var server = PostgresServer.start(temp);
        var _ = server.connect("kept")) {
      assertThat(pid.isAlive()).isFalse();
    }
  }

  @Test
  void recoversFromItsOwnSuddenDeath() throws Exception {
    var abandoned = PostgresServer.start(temp);
    abandoned.createDatabase("kept");
    var process = new PidFile(temp.resolve("postgres.pid")).running().orElseThrow();
    process.destroyForcibly();
    process.onExit().join();

    try (var server = PostgresServer.start(temp);
        var _ = server.connect("kept")) {
      assertThat(server.port()).isPositive();
    }
  }

  @Test
  void comesBackFromACrashUnderAClientWithWhatWasCommitted() throws Exception {
    var server = PostgresServer.start(temp);
    server.createDatabase("kept");
    try (var connection = server.connect("kept")) {
      execute(server.connect("kept"), "CREATE TABLE committed (n int)");
      server.crash();
      assertThat(connection.isValid(1)).isFalse();
    }
    try (var again = PostgresServer.start(temp)) {
      execute(again.connect("kept"), "INSERT INTO committed VALUES (1)");
    }
  }

  @Test
  void takesAnotherPortWhereThePreferredOneIsTaken() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
        var server = PostgresServer.start(temp, OptionalInt.of(taken.getLocalPort()))) {
      assertThat(server.port()).isNotEqualTo(taken.getLocalPort());
    }
  }

  @Test
  void runsAsNobodyForRootWhereThereAreNoUserNamespaces() throws SQLException {
    assumeThat(System.getProperty("user.name")).isEqualTo("root");
    var programs = PostgresPrograms.locate(PostgresPrograms.Disguise.NOBODY);

    try (var server =
            PostgresServer.start(programs, temp, OptionalInt.empty(), Optional.empty(), List.of());
        var connection = server.connect("postgres")) {
      assertThat(connection.isValid(1)).isTrue();
    }
  }

  @Test
  void wantsThePasswordOfARole() throws SQLException {
    var server = PostgresServer.shared();
    execute(server.connect("postgres"), "CREATE ROLE someone LOGIN PASSWORD 'right'");

    assertThatThrownBy(
            () -> DriverManager.getConnection(server.jdbcUrl("postgres"), "someone", "wrong"))
        .hasMessageContaining("password authentication failed");
  }

  @Test
  void saysWhereTheLogIsWhenItDoesNotStart() throws Exception {
    PostgresServer.start(temp).close();
    Files.writeString(temp.resolve("cluster/postgresql.conf"), "no_such_setting = 1\n");

    assertThatThrownBy(() -> PostgresServer.start(temp))
        .isInstanceOf(ServerFailedException.class)
        .hasMessageContaining(temp.resolve("postgres.log").toString())
        .hasMessageContaining("no_such_setting");
  }

  private static void execute(Connection opened, String sql) throws SQLException {
    try (opened;
        var statement = opened.createStatement()) {
      statement.execute(sql);
    }
  }
}
