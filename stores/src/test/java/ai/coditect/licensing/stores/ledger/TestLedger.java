package ai.coditect.licensing.stores.ledger;

import ai.coditect.licensing.servers.FaultyLink;
import ai.coditect.licensing.servers.PostgresServer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A ledger in a database of its own on the shared server, made by an operator's role as it is in
 * production: it may create roles and owns the database, but is no superuser.
 */
final class TestLedger implements AutoCloseable {

  static final String OPERATOR = "licensing";
  static final String PASSWORD = "not-a-secret";

  private static final AtomicInteger NUMBER = new AtomicInteger();

  private final String database;
  private final int number;
  private final PostgresRegistry registry;

  private TestLedger(String database, int number) {
    this.database = database;
    this.number = number;
    this.registry = PostgresRegistry.connect(operator());
  }

  static TestLedger empty() {
    var number = NUMBER.incrementAndGet();
    var database = "ledger_" + ProcessHandle.current().pid() + "_" + number;
    PostgresServer.shared().createDatabase(database);
    var ledger = new TestLedger(database, number);
    ledger.asSuperuser(
        """
        DO $$ BEGIN CREATE ROLE %1$s LOGIN CREATEROLE PASSWORD '%2$s';
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
        ALTER DATABASE %3$s OWNER TO %1$s
        """
            .formatted(OPERATOR, PASSWORD, database));
    return ledger;
  }

  static TestLedger migrated() {
    var ledger = empty();
    ledger.registry.migrate();
    return ledger;
  }

  PostgresRegistry registry() {
    return registry;
  }

  PostgresSettings operator() {
    return new PostgresSettings(url(), OPERATOR, PASSWORD);
  }

  /** The database on the shared server. */
  String name() {
    return database;
  }

  String url() {
    return PostgresServer.shared().jdbcUrl(database);
  }

  /** Roles are shared by all databases of the server, so each test names tenants of its own. */
  String tenantId(String name) {
    return name + "-" + number;
  }

  /** A tenant in service whose login exists. */
  TestTenant tenant(String name) {
    registry.putTenant(
        new TenantRecord(
            tenantId(name), "uid-" + name, 1, name, false, "", Optional.empty(), Adoption.NONE));
    return loggedIn(name);
  }

  /** A tenant that is known already, with a login. */
  TestTenant loggedIn(String name) {
    var tenantId = tenantId(name);
    var login = registry.ensureLogin(tenantId, PASSWORD);
    return new TestTenant(
        this, tenantId, new PostgresSettings(login.jdbcUrl(), login.user(), login.password()));
  }

  void asSuperuser(String sql) {
    try (var connection = PostgresServer.shared().connect(database);
        var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  <T> T query(String sql, Query.Row<T> row) {
    try (var connection = PostgresServer.shared().connect(database)) {
      return Query.of(connection, sql).first(row).orElseThrow();
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  <T> List<T> list(String sql, Query.Row<T> row) {
    try (var connection = PostgresServer.shared().connect(database)) {
      return Query.of(connection, sql).list(row);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  Connection connectAsOperator() throws SQLException {
    return DriverManager.getConnection(url() + "?currentSchema=licensing", OPERATOR, PASSWORD);
  }

  /** In a transaction; it meets no triggers, and so no foreign keys. */
  Connection connectAsSuperuser() throws SQLException {
    var connection = PostgresServer.shared().connect(database);
    connection.setAutoCommit(false);
    try (var statement = connection.createStatement()) {
      statement.execute("SET search_path = licensing; SET session_replication_role = replica");
    }
    connection.commit();
    return connection;
  }

  long count(String sql) {
    return query(sql, row -> row.getLong(1));
  }

  @Override
  public void close() {
    registry.close();
    asSuperuser(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '%s' AND pid <> pg_backend_pid()"
            .formatted(database));
  }

  static String sha256(String text) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A tenant of the ledger and what its pods log in with. */
  record TestTenant(TestLedger ledger, String tenantId, PostgresSettings login) {

    static String keyOf(String pool) {
      return sha256("key of " + pool);
    }

    PoolRecord record(String pool, long generation, int seats, Duration lease) {
      return lending(pool, generation, seats, lease, Validity.UNLIMITED, Optional.empty());
    }

    PoolRecord lending(
        String pool,
        long generation,
        int seats,
        Duration lease,
        Validity validity,
        Optional<BorrowTerms> terms) {
      return new PoolRecord(
          tenantId,
          pool,
          "uid-" + pool,
          generation,
          "cad-suite",
          seats,
          lease,
          validity,
          terms,
          List.of("export"),
          Adoption.NONE);
    }

    /** A pool with one licence key. */
    TestTenant withPool(String pool, int seats, Duration lease) {
      ledger.registry().putPool(record(pool, 1, seats, lease));
      ledger
          .registry()
          .putLicenseKeys(tenantId, pool, List.of(new LicenseKeyHash("default", keyOf(pool))));
      return this;
    }

    GrantRequest request(String pool, String machine) {
      return request(pool, machine, OptionalInt.empty());
    }

    GrantRequest request(String pool, String machine, int slot) {
      return request(pool, machine, OptionalInt.of(slot));
    }

    private static GrantRequest request(String pool, String machine, OptionalInt slot) {
      return new GrantRequest(
          pool,
          keyOf(pool),
          sha256(machine),
          sha256("hw " + machine),
          slot,
          Optional.empty(),
          Optional.empty(),
          "");
    }

    /** As {@link #request}, of a seat that is to be borrowed. */
    GrantRequest borrowing(String pool, String machine, OptionalInt days) {
      return borrowing(pool, machine, days, Optional.empty());
    }

    GrantRequest borrowing(
        String pool, String machine, OptionalInt days, Optional<IdempotencyKey> key) {
      var request = request(pool, machine);
      return new GrantRequest(
          pool,
          request.licenseKeySha256Hex(),
          request.holder(),
          request.hardwareHash(),
          request.slot(),
          key,
          Optional.of(new BorrowWish(days)),
          "");
    }

    /** As {@link #request}, under an idempotency key and by a bearer token. */
    GrantRequest named(String pool, String machine, String key, String body) {
      var request = request(pool, machine);
      return new GrantRequest(
          pool,
          request.licenseKeySha256Hex(),
          request.holder(),
          request.hardwareHash(),
          request.slot(),
          Optional.of(new IdempotencyKey(sha256(key), sha256(body))),
          request.borrow(),
          "https://accounts.example somebody");
    }

    PoolRecord valid(String pool, long generation, Validity validity) {
      return lending(pool, generation, 3, Duration.ofMinutes(6), validity, Optional.empty());
    }

    PostgresSeatLedger open() {
      return PostgresSeatLedger.connect(login, tenantId);
    }

    /** As {@link #login}, with the way to Postgres leading through the link. */
    PostgresSettings loginThrough(FaultyLink link) {
      var direct = ":" + PostgresServer.shared().port() + "/";
      var url = login.jdbcUrl().replace(direct, ":" + link.port() + "/");
      return new PostgresSettings(url, login.user(), login.password());
    }

    Connection connect() throws SQLException {
      return DriverManager.getConnection(
          login.jdbcUrl() + "?currentSchema=licensing", login.user(), login.password());
    }
  }
}
