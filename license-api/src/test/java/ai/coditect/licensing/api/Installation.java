package ai.coditect.licensing.api;

import ai.coditect.licensing.api.settings.Settings;
import ai.coditect.licensing.api.settings.SettingsReader;
import ai.coditect.licensing.kmsstandin.KmsStandIn;
import ai.coditect.licensing.servers.PostgresServer;
import ai.coditect.licensing.servers.RedisServer;
import ai.coditect.licensing.stores.keys.CloudKmsRootKeys;
import ai.coditect.licensing.stores.keys.KmsSettings;
import ai.coditect.licensing.stores.keys.RootKeys;
import ai.coditect.licensing.stores.keys.RootWish;
import ai.coditect.licensing.stores.keys.Roots;
import ai.coditect.licensing.stores.ledger.Adoption;
import ai.coditect.licensing.stores.ledger.BorrowTerms;
import ai.coditect.licensing.stores.ledger.DatabaseLogin;
import ai.coditect.licensing.stores.ledger.LedgerUnavailableException;
import ai.coditect.licensing.stores.ledger.LicenseKeyHash;
import ai.coditect.licensing.stores.ledger.PoolRecord;
import ai.coditect.licensing.stores.ledger.PoolUsage;
import ai.coditect.licensing.stores.ledger.PostgresRegistry;
import ai.coditect.licensing.stores.ledger.PostgresSettings;
import ai.coditect.licensing.stores.ledger.RootVersions;
import ai.coditect.licensing.stores.ledger.TenantRecord;
import ai.coditect.licensing.stores.ledger.Validity;
import ai.coditect.licensing.stores.seats.RateLimits.Limits;
import ai.coditect.licensing.stores.seats.RateLimits.Rate;
import ai.coditect.licensing.stores.seats.RedisAddress;
import ai.coditect.licensing.stores.seats.RedisRateLimits;
import ai.coditect.licensing.stores.seats.RedisSeatIndex;
import ai.coditect.licensing.stores.seats.RedisSeatLogins;
import ai.coditect.licensing.stores.seats.RedisSettings;
import ai.coditect.licensing.stores.seats.SeatIndex.PoolRef;
import ai.coditect.licensing.stores.seats.SeatIndexUnavailableException;
import ai.coditect.licensing.stores.seats.SeatLogins;
import ai.coditect.licensing.stores.seats.SeatLogins.Others;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * One tenant on real stores, as the operator leaves it: its rows, login, root key, pools and
 * limits.
 */
public final class Installation implements AutoCloseable {

  private static final String KEY_RING = "projects/test/locations/europe/keyRings/licensing";

  public final String tenant = "t-" + UUID.randomUUID().toString().substring(0, 8);
  final KmsStandIn kms;
  private final Optional<String> redisUri;
  private final PostgresRegistry registry;
  private final DatabaseLogin login;
  private final RootKeys rootKeys;
  private Optional<String> redisPassword = Optional.empty();
  private Roots roots;
  private long generation = 1;
  private String callers = "{\"bareLicenseKey\":\"Allowed\"}";

  /** In a database of its own. */
  public Installation(PostgresServer postgres, Optional<String> redisUri, KmsStandIn kms) {
    this.kms = kms;
    this.redisUri = redisUri;
    String database = tenant.replace('-', '_');
    postgres.createDatabase(database);
    registry =
        PostgresRegistry.connect(
            new PostgresSettings(postgres.jdbcUrl(database), PostgresServer.SUPERUSER, ""));
    patiently(registry::migrate);
    rootKeys =
        CloudKmsRootKeys.connect(
            new KmsSettings(Optional.of(KEY_RING), Optional.of(kms.endpoint()), true),
            InstantSource.system());
    roots = makeRoot();
    putTenant(false);
    String password = UUID.randomUUID().toString();
    login = patiently(() -> registry.ensureLogin(tenant, password));
  }

  /** On the servers that all tests of this JVM share. */
  static Installation shared(boolean withRedis) {
    return new Installation(
        PostgresServer.shared(),
        withRedis ? Optional.of(RedisServer.shared().uri()) : Optional.empty(),
        KmsStandIn.startInMemory());
  }

  public RSAPublicKey root() {
    return roots.signing().publicKey();
  }

  /** What the API's process would read. */
  public Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>();
    environment.put("LICENSE_API_TENANT_ID", tenant);
    environment.put("LICENSE_API_HTTP_HOST", "127.0.0.1");
    environment.put("LICENSE_API_HTTP_PORT", "0");
    environment.put("LICENSE_API_METRICS_PORT", "0");
    environment.put("LICENSE_API_POSTGRES_URL", login.jdbcUrl());
    environment.put("LICENSE_API_POSTGRES_USER", login.user());
    environment.put("LICENSE_API_POSTGRES_PASSWORD", login.password());
    redisUri
        .map(uri -> redisPassword.map(password -> asTenant(uri, password)).orElse(uri))
        .ifPresent(uri -> environment.put("LICENSE_API_REDIS_URL", uri));
    environment.put("LICENSE_API_KMS_ENDPOINT", kms.endpoint());
    environment.put("LICENSE_API_KMS_PLAINTEXT", "Enabled");
    environment.put("LICENSE_API_STOP_UNREADY_SECONDS", "0");
    return environment;
  }

  /** An API in this JVM, not started yet. */
  LicenseApi api() {
    Settings settings = SettingsReader.read(environment());
    return new LicenseApi(settings, Stores.connect(settings));
  }

  /** Says who may call. */
  void putCallers(String json) {
    callers = json;
    putTenant(false);
  }

  void putTenant(boolean suspended) {
    TenantRecord record =
        new TenantRecord(
            tenant,
            "uid-" + tenant,
            generation++,
            tenant,
            suspended,
            callers,
            Optional.of(rootVersions()),
            Adoption.NONE);
    patiently(() -> registry.putTenant(record));
  }

  /** Makes the pool, or changes its seats; answers its licence key. */
  public String putPool(String pool, int seats, Duration lease) {
    return putPool(pool, seats, lease, Validity.UNLIMITED);
  }

  /** As above, with a licence that begins or ends. */
  String putPool(String pool, int seats, Duration lease, Validity validity) {
    return putPool(pool, seats, lease, validity, Optional.empty());
  }

  /** As above, of a pool that lends seats. */
  String putLender(String pool, int seats, BorrowTerms terms) {
    return putPool(pool, seats, Duration.ofMinutes(6), Validity.UNLIMITED, Optional.of(terms));
  }

  private String putPool(
      String pool, int seats, Duration lease, Validity validity, Optional<BorrowTerms> borrowing) {
    PoolRecord record =
        new PoolRecord(
            tenant,
            pool,
            "uid-" + pool,
            generation++,
            pool + "-suite",
            seats,
            lease,
            validity,
            borrowing,
            List.of("export"),
            Adoption.NONE);
    String licenseKey = "lk_" + tenant + "_" + pool;
    patiently(() -> registry.putPool(record));
    putKeys(pool, licenseKey);
    redisUri.ifPresent(uri -> tellRedis(uri, pool));
    return licenseKey;
  }

  /** Makes these the pool's only valid keys. */
  void putKeys(String pool, String... licenseKeys) {
    List<LicenseKeyHash> hashes =
        Stream.of(licenseKeys).map(key -> new LicenseKeyHash("default", sha256Hex(key))).toList();
    patiently(() -> registry.putLicenseKeys(tenant, pool, hashes));
  }

  /** Of the pool's record, as an index is told it. */
  public Optional<Long> revision(String pool) {
    return patiently(() -> registry.usage(tenant, pool)).map(PoolUsage::revision);
  }

  /** How many seats of the pool are held, as Postgres says. */
  int inUse(String pool) {
    return patiently(() -> registry.usage(tenant, pool)).orElseThrow().inUse();
  }

  @Override
  public void close() {
    registry.close();
    rootKeys.close();
    kms.close();
  }

  /**
   * As the operator does in a Redis that has users; the API logs in as the tenant's from then on.
   */
  void makeRedisLogin() {
    String password = redisPassword.orElseGet(() -> UUID.randomUUID().toString());
    redisPassword = Optional.of(password);
    try (RedisSeatLogins logins =
        RedisSeatLogins.connect(new RedisSettings(redisUri.orElseThrow()))) {
      patiently(() -> logins.ensure(tenant, password, Others.ENDED));
    }
  }

  private String asTenant(String uri, String password) {
    return RedisAddress.withLogin(uri, SeatLogins.user(tenant), password);
  }

  /** As the operator does after the ledger. */
  void limitRates(Rate acquires, Rate heartbeats) {
    try (RedisRateLimits rates = RedisRateLimits.connect(redisUri.orElseThrow())) {
      patiently(() -> rates.setLimits(tenant, new Limits(acquires, heartbeats)));
    }
  }

  /** As the operator does after the ledger. */
  private void tellRedis(String uri, String pool) {
    PoolUsage usage = patiently(() -> registry.usage(tenant, pool)).orElseThrow();
    try (RedisSeatIndex index = RedisSeatIndex.connect(uri)) {
      patiently(() -> index.setLimit(new PoolRef(tenant, pool), usage.seats(), usage.revision()));
    }
  }

  /** As the operator does at each look: another root, and what the ledger is told of it. */
  void rotateRoot(int rotation, Duration overlap) {
    rootKeys.ensure(wish(rotation, overlap)).ifPresent(told -> roots = told);
    putTenant(false);
  }

  private Roots makeRoot() {
    kms.ensureKeyRing(KEY_RING);
    return Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> rootKeys.ensure(wish(0, Duration.ZERO)), Optional::isPresent)
        .orElseThrow();
  }

  private RootWish wish(int rotation, Duration overlap) {
    return new RootWish(
        "tenant-" + tenant,
        tenant,
        RootKeys.ProtectionLevel.SOFTWARE,
        rotation,
        overlap,
        Optional.empty());
  }

  private RootVersions rootVersions() {
    return new RootVersions(
        roots.signing().version(),
        roots.live().stream().map(root -> root.key().version()).toList());
  }

  /** As the operator, which tries again: on a busy machine a transaction may be cut off. */
  private static <T> T patiently(Supplier<T> call) {
    return Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        // One rule: a second one would replace the first.
        .ignoreExceptionsMatching(
            e ->
                e instanceof LedgerUnavailableException
                    || e instanceof SeatIndexUnavailableException)
        .until(call::get, answer -> true);
  }

  private static void patiently(Runnable call) {
    patiently(
        () -> {
          call.run();
          return true;
        });
  }

  private static String sha256Hex(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
