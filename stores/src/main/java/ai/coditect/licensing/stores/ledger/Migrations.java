package ai.coditect.licensing.stores.ledger;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationVersion;
import org.postgresql.ds.PGSimpleDataSource;

/** Brings the schema to this version. */
final class Migrations {

  private static final String LOCATION = "classpath:ai/coditect/licensing/stores/ledger/migrations";

  /** Any number, as long as all versions of this program use the same. */
  private static final long LOCK = 0x1edce4_5c4e3aL;

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration BETWEEN_TRIES = Duration.ofMillis(100);

  private final PostgresSettings settings;

  Migrations(PostgresSettings settings) {
    this.settings = settings;
  }

  void run() {
    run(MigrationVersion.LATEST);
  }

  /** Flyway's own lock begins only after it made the schema; two processes must not race before. */
  void run(MigrationVersion target) {
    try {
      run(dataSource(), target);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LedgerUnavailableException("Interrupted while another migration ran", e);
    } catch (SQLException e) {
      throw SqlFailures.unavailable(e);
    } catch (FlywayException e) {
      throw new LedgerUnavailableException("The ledger's schema cannot be brought up to date", e);
    }
  }

  private static void run(PGSimpleDataSource dataSource, MigrationVersion target)
      throws SQLException, InterruptedException {
    try (var connection = dataSource.getConnection()) {
      awaitTurn(connection);
      var flyway = flyway(dataSource, target);
      forgetFailure(flyway);
      flyway.migrate();
    }
  }

  /** What makes indexes while writes go on can be cut off midway; it is written to begin anew. */
  private static void forgetFailure(Flyway flyway) {
    if (Stream.of(flyway.info().all()).anyMatch(one -> one.getState().isFailed())) {
      flyway.repair();
    }
  }

  /**
   * Asks again and again: an index that is made while writes go on waits for all who have begun a
   * statement before, and so for whoever waits within one.
   */
  private static void awaitTurn(Connection connection) throws SQLException, InterruptedException {
    var deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!isOurTurn(connection)) {
      if (System.nanoTime() - deadline > 0) {
        throw new LedgerUnavailableException("Another migration of the schema does not end", null);
      }
      Thread.sleep(BETWEEN_TRIES);
    }
  }

  private static boolean isOurTurn(Connection connection) throws SQLException {
    return Query.of(connection, "SELECT pg_try_advisory_lock(?) AS is_ours")
        .bind(LOCK)
        .first(row -> row.getBoolean("is_ours"))
        .orElseThrow();
  }

  private static Flyway flyway(PGSimpleDataSource dataSource, MigrationVersion target) {
    return Flyway.configure()
        .dataSource(dataSource)
        .locations(LOCATION)
        .schemas(Connections.SCHEMA)
        .target(target)
        // What a cut off run left is looked at beside indexes that no transaction can make.
        .mixed(true)
        // Else an index that is made while writes go on waits for Flyway's own transaction.
        .configuration(Map.of("flyway.postgresql.transactional.lock", "false"))
        .placeholders(
            Map.of("api_role", LoginRoles.quote(LoginRoles.groupOf(dataSource.getUser()))))
        .load();
  }

  private PGSimpleDataSource dataSource() throws SQLException {
    var dataSource = new PGSimpleDataSource();
    dataSource.setUrl(settings.jdbcUrl());
    dataSource.setUser(settings.user());
    dataSource.setPassword(settings.password());
    dataSource.setConnectTimeout(2);
    dataSource.setLoginTimeout(10);
    dataSource.setSocketTimeout(120);
    dataSource.setApplicationName("licensing-migrations");
    for (var property : PostgresTls.properties(settings).entrySet()) {
      dataSource.setProperty(property.getKey().toString(), property.getValue().toString());
    }
    return dataSource;
  }
}
