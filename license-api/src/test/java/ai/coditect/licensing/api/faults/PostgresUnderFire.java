package ai.coditect.licensing.api.faults;

import ai.coditect.licensing.servers.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;

/** A Postgres, written to disk as in production, that is stopped, crashed and begun anew. */
final class PostgresUnderFire implements AutoCloseable {

  private final Path folder;
  private PostgresServer server;

  PostgresUnderFire(Path folder) {
    this.folder = folder;
    this.server = PostgresServer.start(folder);
  }

  PostgresServer server() {
    return server;
  }

  void restart() {
    server.close();
    server = PostgresServer.start(folder);
  }

  void crash() {
    server.crash();
    server = PostgresServer.start(folder);
  }

  /** Ends all connections to the database; answers how many there were. */
  int endBackEnds(String database) {
    return query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                + " WHERE datname = ? AND usename <> current_user",
            database,
            row -> row.getBoolean(1))
        .size();
  }

  /** Kills a process of the server that serves the database, at which all of them start anew. */
  boolean killBackEnd(String database) {
    List<Long> processes =
        query(
            "SELECT pid FROM pg_stat_activity WHERE datname = ? AND usename <> current_user",
            database,
            row -> row.getLong(1));
    return !processes.isEmpty() && kill(processes.getFirst());
  }

  /** When the last lease in the pool ends, but for those of the holders' and very long ones. */
  Optional<Instant> lastLeaseEnd(String database, String pool, List<String> holders) {
    String others =
        holders.isEmpty()
            ? ""
            : " AND encode(holder, 'hex') NOT IN ('" + String.join("', '", holders) + "')";
    return query(
            "SELECT max(lease_until) FROM licensing.slots WHERE pool_id = ?"
                + " AND lease_until < now() + interval '1 minute'"
                + others,
            database,
            pool,
            row -> Optional.ofNullable(row.getObject(1, OffsetDateTime.class)))
        .getFirst()
        .map(OffsetDateTime::toInstant);
  }

  @Override
  public void close() {
    server.close();
  }

  private <T> List<T> query(String sql, String database, Read<T> read) {
    return query(sql, database, database, read);
  }

  private <T> List<T> query(String sql, String database, String parameter, Read<T> read) {
    return Awaitility.await()
        .ignoreExceptionsInstanceOf(SQLException.class)
        .until(() -> rows(sql, database, parameter, read), rows -> true);
  }

  private <T> List<T> rows(String sql, String database, String parameter, Read<T> read)
      throws SQLException {
    try (Connection connection = server.connect(database);
        PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, parameter);
      List<T> rows = new ArrayList<>();
      try (ResultSet found = statement.executeQuery()) {
        while (found.next()) {
          rows.add(read.from(found));
        }
      }
      return rows;
    }
  }

  private static boolean kill(long process) {
    try {
      return new ProcessBuilder("kill", "-KILL", Long.toString(process))
              .start()
              .onExit()
              .join()
              .exitValue()
          == 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @FunctionalInterface
  private interface Read<T> {
    T from(ResultSet row) throws SQLException;
  }
}
