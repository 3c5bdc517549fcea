package ai.coditect.licensing.stores.ledger;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/**
 * Pooled connections to Postgres on which nothing can wait long: not for a connection, a packet, a
 * statement or a lock. Connects on first use, so it can be made while Postgres is away.
 */
final class Connections implements AutoCloseable {

  static final String SCHEMA = "licensing";

  /** Of those who can do something else meanwhile. */
  static final Duration SHORT_LOCK_TIMEOUT = Duration.ofMillis(100);

  private static final Duration LOCK_TIMEOUT = Duration.ofMillis(400);
  private static final Duration BULK = Duration.ofSeconds(60);

  /** A little more than a statement's own limit, so that a server which is gone shows soon. */
  private static final Duration ANSWER = Duration.ofSeconds(1);

  private final HikariDataSource dataSource;

  private Connections(HikariDataSource dataSource) {
    this.dataSource = dataSource;
  }

  /**
   * Opens no connection yet.
   *
   * @param applicationName what Postgres shows of these connections
   * @param size how many at most
   */
  static Connections open(PostgresSettings settings, String applicationName, int size) {
    return open(settings, applicationName, size, LOCK_TIMEOUT);
  }

  /**
   * As above.
   *
   * @param lockTimeout how long a statement waits for somebody's lock
   */
  static Connections open(
      PostgresSettings settings, String applicationName, int size, Duration lockTimeout) {
    var config = new HikariConfig();
    config.setPoolName(applicationName);
    config.setJdbcUrl(settings.jdbcUrl());
    config.setUsername(settings.user());
    logIn(config, settings);
    PostgresTls.properties(settings)
        .forEach((name, value) -> config.addDataSourceProperty(name.toString(), value));
    config.setMaximumPoolSize(size);
    // Made when somebody wants one, and kept: HikariCP tries for those that nobody waits for less
    // and
    // less often while Postgres is away, and whoever comes when it is back would wait for that.
    config.setMinimumIdle(0);
    config.setIdleTimeout(0);
    config.setConnectionTimeout(800);
    config.setValidationTimeout(500);
    config.setInitializationFailTimeout(-1);
    config.setAutoCommit(false);
    // Else HikariCP asks the first connection and, where that breaks before it answers, wants what
    // there is not of every one that follows: none can be made until the process ends.
    config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
    // Else the session's settings are rolled back with the transaction that made them.
    config.setIsolateInternalQueries(true);
    config.addDataSourceProperty("ApplicationName", applicationName);
    // Made in the background: whoever waits for one gives up after the connection timeout above.
    // Long enough that a starved server, which takes its time over a login, is reached at all.
    config.addDataSourceProperty("connectTimeout", "3");
    config.addDataSourceProperty("loginTimeout", "5");
    config.addDataSourceProperty("socketTimeout", "3");
    config.addDataSourceProperty("tcpKeepAlive", "true");
    // So that a batch's statements leave in one piece: a server that got half of them would keep
    // their locks for as long as the other half is on its way.
    config.addDataSourceProperty("maxSendBufferSize", String.valueOf(1024 * 1024));
    config.setConnectionInitSql(session(lockTimeout));
    return new Connections(new HikariDataSource(config));
  }

  private static void logIn(HikariConfig config, PostgresSettings settings) {
    settings
        .passwordFile()
        .ifPresentOrElse(
            file -> {
              config.addDataSourceProperty(
                  "authenticationPluginClassName", PasswordFile.class.getName());
              config.addDataSourceProperty(PasswordFile.PROPERTY, file.toString());
            },
            () -> config.setPassword(settings.password()));
  }

  /**
   * A process that is paused between two transactions' parts must not keep its locks, nor one whose
   * machine is gone in the middle of a part, of which only TCP can tell. And every statement
   * reaches its rows by key: a planner that knows nothing of fresh tables shall not think of
   * reading a million slots instead.
   */
  private static String session(Duration lockTimeout) {
    return """
    SET search_path = %s, pg_temp;
    SET statement_timeout = '800ms';
    SET lock_timeout = '%sms';
    SET idle_in_transaction_session_timeout = '1s';
    SET tcp_keepalives_idle = 5;
    SET tcp_keepalives_interval = 2;
    SET tcp_keepalives_count = 3;
    SET tcp_user_timeout = '10s';
    SET enable_seqscan = off;
    SET enable_bitmapscan = off;
    SET enable_hashjoin = off;
    SET enable_mergejoin = off;
    SET plan_cache_mode = force_generic_plan;
    """
        .formatted(SCHEMA, lockTimeout.toMillis());
  }

  /**
   * A connection with a transaction begun; closing it without a commit rolls back. An answer of the
   * server is waited for up to three seconds.
   */
  Connection connection() throws SQLException {
    return dataSource.getConnection();
  }

  /**
   * Runs the work in one transaction and commits it. An answer of the server is waited for no
   * longer than a second.
   *
   * @throws LedgerUnavailableException where Postgres is away or refuses; whether a commit that was
   *     cut off happened is not known
   */
  <T> T transaction(Work<T> work) {
    try (var connection = connection()) {
      waitForAnswers(connection, ANSWER);
      var result = work.on(connection);
      connection.commit();
      return result;
    } catch (SQLException e) {
      throw SqlFailures.unavailable(e);
    }
  }

  /** As {@link #transaction} for work on very many rows, which may take up to a minute. */
  <T> T bulk(Work<T> work) {
    return transaction(
        connection -> {
          waitForAnswers(connection, BULK);
          Query.of(
                  connection,
                  """
                  SELECT set_config('statement_timeout', ?, true), set_config('lock_timeout', '5s', true)
                  """)
              .bind(String.valueOf(BULK.toMillis()))
              .list(_ -> true);
          return work.on(connection);
        });
  }

  /** Until the connection is given back. */
  private static void waitForAnswers(Connection connection, Duration atMost) throws SQLException {
    connection.setNetworkTimeout(Runnable::run, Math.toIntExact(atMost.toMillis()));
  }

  @Override
  public void close() {
    dataSource.close();
  }

  /** What is done on a connection. */
  @FunctionalInterface
  interface Work<T> {
    T on(Connection connection) throws SQLException;
  }
}
