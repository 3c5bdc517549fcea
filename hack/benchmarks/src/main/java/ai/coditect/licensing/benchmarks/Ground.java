package ai.coditect.licensing.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import ai.coditect.licensing.kmsstandin.KmsStandIn;
import ai.coditect.licensing.servers.PostgresServer;
import ai.coditect.licensing.servers.RedisServer;
import ai.coditect.licensing.stores.keys.CloudKmsRootKeys;
import ai.coditect.licensing.stores.keys.KmsSettings;
import ai.coditect.licensing.stores.keys.RootKeys;
import ai.coditect.licensing.stores.keys.RootKeys.ProtectionLevel;
import ai.coditect.licensing.stores.keys.RootKeys.RootKey;
import ai.coditect.licensing.stores.keys.RootWish;
import ai.coditect.licensing.stores.ledger.Adoption;
import ai.coditect.licensing.stores.ledger.DatabaseLogin;
import ai.coditect.licensing.stores.ledger.LicenseKeyHash;
import ai.coditect.licensing.stores.ledger.PoolRecord;
import ai.coditect.licensing.stores.ledger.PostgresRegistry;
import ai.coditect.licensing.stores.ledger.PostgresSettings;
import ai.coditect.licensing.stores.ledger.PutOutcome;
import ai.coditect.licensing.stores.ledger.RootVersions;
import ai.coditect.licensing.stores.ledger.TenantRecord;
import ai.coditect.licensing.stores.ledger.Validity;
import ai.coditect.licensing.stores.seats.RateLimits.Limits;
import ai.coditect.licensing.stores.seats.RateLimits.Rate;
import ai.coditect.licensing.stores.seats.RedisRateLimits;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** What an API process stands on: the three stores, with a tenant and some pools in them. */
final class Ground {

  private static final String BARE_KEYS = "{\"bareLicenseKey\":\"Allowed\"}";
  private static final String TENANT = "bench";
  private static final int UNLIMITED = 1_000_000;
  private static final String DATABASE = "licensing";
  private static final String OWNER = "licensing_owner";

  /** No secret: the superuser of this server, which is gone after the run, needs none at all. */
  private static final String PASSWORD = "benchmark";

  static final String KEY_RING = "projects/bench/locations/global/keyRings/licensing";
  private static final Duration KEY_PATIENCE = Duration.ofMinutes(1);

  private final String tenant;
  private final PostgresServer postgres;
  private final Optional<RedisServer> redis;
  private final KmsStandIn kms;
  private final PostgresSettings owner;
  private final DatabaseLogin login;
  private final List<Pool> pools;

  private Ground(
      String tenant,
      PostgresServer postgres,
      Optional<RedisServer> redis,
      KmsStandIn kms,
      PostgresSettings owner,
      DatabaseLogin login,
      List<Pool> pools) {
    this.tenant = tenant;
    this.postgres = postgres;
    this.redis = redis;
    this.kms = kms;
    this.owner = owner;
    this.login = login;
    this.pools = List.copyOf(pools);
  }

  /**
   * Starts the stores in an empty workspace, which ends them.
   *
   * @param pools the tenant's
   * @param withRedis whether the API is told of Redis; else the ledger chooses seats by itself
   */
  static Ground start(Workspace workspace, List<Pool> pools, boolean withRedis) {
    PostgresServer postgres = workspace.add(PostgresServer.start(workspace.path("postgres")));
    Optional<RedisServer> redis =
        withRedis
            ? Optional.of(workspace.add(RedisServer.start(workspace.path("redis"), secret())))
            : Optional.empty();
    KmsStandIn kms = workspace.add(KmsStandIn.start(workspace.path("kms"), 0));
    kms.ensureKeyRing(KEY_RING);
    PostgresSettings owner = owner(postgres);
    try (PostgresRegistry registry = PostgresRegistry.connect(owner)) {
      registry.migrate();
    }
    return new Ground(TENANT, postgres, redis, kms, owner, fill(TENANT, owner, kms, pools), pools);
  }

  /** The same stores for another tenant. */
  Ground neighbour(String name, List<Pool> itsPools) {
    return new Ground(
        name, postgres, redis, kms, owner, fill(name, owner, kms, itsPools), itsPools);
  }

  /** Limits the tenant, and each of its callers, to so many acquires per second. */
  void limitAcquires(int perSecond) {
    Rate unlimited = new Rate(UNLIMITED, UNLIMITED);
    try (RedisRateLimits rates = RedisRateLimits.connect(redis.orElseThrow().uri())) {
      rates.setLimits(tenant, new Limits(new Rate(perSecond, perSecond), unlimited));
    }
  }

  List<Pool> pools() {
    return pools;
  }

  /** A connection to the ledger that may see everything. */
  Connection ledger() throws SQLException {
    return postgres.connect(DATABASE);
  }

  /**
   * Lets Postgres reuse the segments of its log that it has written so far, as it does from its
   * first checkpoint on. A fresh one makes and flushes each of 16 MiB anew, and every commit waits
   * for that.
   */
  void checkpoint() {
    try (Connection connection = ledger();
        Statement statement = connection.createStatement()) {
      statement.execute("CHECKPOINT");
    } catch (SQLException e) {
      throw new IllegalStateException("Postgres made no checkpoint", e);
    }
  }

  /** How an API process is told of it all. */
  Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>();
    environment.put("LICENSE_API_TENANT_ID", tenant);
    environment.put("LICENSE_API_POSTGRES_URL", login.jdbcUrl());
    environment.put("LICENSE_API_POSTGRES_USER", login.user());
    environment.put("LICENSE_API_POSTGRES_PASSWORD", login.password());
    environment.put("LICENSE_API_KMS_ENDPOINT", kms.endpoint());
    environment.put("LICENSE_API_KMS_PLAINTEXT", "Enabled");
    redis.ifPresent(server -> environment.put("LICENSE_API_REDIS_URL", server.uri()));
    return environment;
  }

  /** How a bare server is told of it all, and of the pool that it may write to. */
  Map<String, String> bareEnvironment(Pool pool) {
    Map<String, String> environment = environment();
    environment.put("BARE_SERVER_POOL", pool.name());
    environment.put("BARE_SERVER_SEATS", Integer.toString(pool.seats()));
    return environment;
  }

  private static DatabaseLogin fill(
      String tenant, PostgresSettings owner, KmsStandIn kms, List<Pool> pools) {
    RootVersions root = RootVersions.of(rootKey(tenant, kms).version());
    try (PostgresRegistry registry = PostgresRegistry.connect(owner)) {
      String uid = UUID.randomUUID().toString();
      requireWritten(
          registry.putTenant(
              new TenantRecord(
                  tenant,
                  uid,
                  1,
                  "Benchmark",
                  false,
                  BARE_KEYS,
                  Optional.of(root),
                  Adoption.NONE)));
      for (Pool pool : pools) {
        fill(registry, tenant, uid, pool);
      }
      return registry.ensureLogin(tenant, secret());
    }
  }

  private static void fill(PostgresRegistry registry, String tenant, String uid, Pool pool) {
    requireWritten(
        registry.putPool(
            new PoolRecord(
                tenant,
                pool.name(),
                uid,
                1,
                "cad",
                pool.seats(),
                pool.lease(),
                Validity.UNLIMITED,
                Optional.empty(),
                List.of("mesh", "render"),
                Adoption.NONE)));
    registry.putLicenseKeys(
        tenant, pool.name(), List.of(new LicenseKeyHash("license-key", sha256(pool.licenseKey()))));
  }

  /** A role that owns an empty database, and may make others. */
  static PostgresSettings owner(PostgresServer postgres) {
    try (Connection connection = postgres.connect(PostgresServer.SUPERUSER);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE ROLE " + OWNER + " LOGIN CREATEROLE PASSWORD '" + PASSWORD + "'");
      statement.execute("CREATE DATABASE " + DATABASE + " OWNER " + OWNER);
    } catch (SQLException e) {
      throw new IllegalStateException("Cannot prepare the database", e);
    }
    return new PostgresSettings(postgres.jdbcUrl(DATABASE), OWNER, PASSWORD);
  }

  private static RootKey rootKey(String tenant, KmsStandIn kms) {
    KmsSettings settings =
        new KmsSettings(Optional.of(KEY_RING), Optional.of(kms.endpoint()), true);
    try (RootKeys keys = CloudKmsRootKeys.connect(settings, InstantSource.system())) {
      return Await.present(
              "the tenant's root key",
              KEY_PATIENCE,
              () ->
                  keys.ensure(
                      new RootWish(
                          "tenant-" + tenant,
                          tenant,
                          ProtectionLevel.SOFTWARE,
                          0,
                          Duration.ZERO,
                          Optional.empty())))
          .signing();
    }
  }

  private static void requireWritten(PutOutcome outcome) {
    if (outcome != PutOutcome.WRITTEN) {
      throw new IllegalStateException("The ledger answered " + outcome);
    }
  }

  static String secret() {
    return UUID.randomUUID().toString().replace("-", "");
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
