package ai.coditect.licensing.stores.ledger;

import java.sql.SQLException;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationVersion;
import org.postgresql.ds.PGSimpleDataSource;

/** Brings the schema to this version. */
final class Migrations {

  private static final String LOCATION = "classpath:ai/coditect/licensing/stores/ledger/migrations";

  /** Any number, as long as all versions of this program use the same. */
  private static final long LOCK = 0x1edce4_5c4e3aL;

  private final PostgresSettings settings;

  Migrations(PostgresSettings settings) {
    this.settings = settings;
  }

  void run() {
    run(MigrationVersion.LATEST);
  }

  /** Flyway's own lock begins only after it made the schema; two processes must not race before. */
  void run(MigrationVersion target) {
    var dataSource = dataSource();
    try (var connection = dataSource.getConnection();
        var statement = connection.createStatement()) {
      statement.execute("SET lock_timeout = '60s'");
      statement.execute("SELECT pg_advisory_lock(" + LOCK + ")");
      flyway(dataSource, target).migrate();
    } catch (SQLException e) {
      throw SqlFailures.unavailable(e);
    } catch (FlywayException e) {
      throw new LedgerUnavailableException("The ledger's schema cannot be brought up to date", e);
    }
  }

  private static Flyway flyway(PGSimpleDataSource dataSource, MigrationVersion target) {
    return Flyway.configure()
        .dataSource(dataSource)
        .locations(LOCATION)
        .schemas(Connections.SCHEMA)
        .target(target)
        // Else an index that is made while writes go on waits for Flyway's own transaction.
        .configuration(Map.of("flyway.postgresql.transactional.lock", "false"))
        .placeholders(
            Map.of("api_role", LoginRoles.quote(LoginRoles.groupOf(dataSource.getUser()))))
        .load();
  }

  private PGSimpleDataSource dataSource() {
    var dataSource = new PGSimpleDataSource();
    dataSource.setUrl(settings.jdbcUrl());
    dataSource.setUser(settings.user());
    dataSource.setPassword(settings.password());
    dataSource.setConnectTimeout(2);
    dataSource.setLoginTimeout(10);
    dataSource.setSocketTimeout(120);
    dataSource.setApplicationName("licensing-migrations");
    return dataSource;
  }
}
