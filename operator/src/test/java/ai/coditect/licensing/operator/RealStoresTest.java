package ai.coditect.licensing.operator;

import static ai.coditect.licensing.crds.Condition.Status.False;
import static ai.coditect.licensing.crds.Condition.Status.True;
import static ai.coditect.licensing.operator.Acme.POOL_TO_DELETE;
import static ai.coditect.licensing.operator.Acme.adopting;
import static ai.coditect.licensing.operator.Acme.awaitPoolServing;
import static ai.coditect.licensing.operator.cluster.Scene.has;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.coditect.licensing.crds.Condition;
import ai.coditect.licensing.kmsstandin.KmsStandIn;
import ai.coditect.licensing.operator.cluster.Cluster;
import ai.coditect.licensing.operator.cluster.Scene;
import ai.coditect.licensing.operator.leadership.Term;
import ai.coditect.licensing.servers.PostgresServer;
import ai.coditect.licensing.servers.RedisServer;
import ai.coditect.licensing.stores.keys.CloudKmsRootKeys;
import ai.coditect.licensing.stores.keys.CloudKmsRootSigner;
import ai.coditect.licensing.stores.keys.KmsSettings;
import ai.coditect.licensing.stores.ledger.PostgresRegistry;
import ai.coditect.licensing.stores.ledger.PostgresSettings;
import ai.coditect.licensing.stores.seats.RedisRateLimits;
import ai.coditect.licensing.stores.seats.RedisSeatIndex;
import ai.coditect.licensing.stores.seats.RedisSeatLogins;
import ai.coditect.licensing.stores.seats.RedisSettings;
import ai.coditect.licensing.stores.seats.SeatIndex;
import ai.coditect.licensing.stores.seats.SeatIndex.Choice;
import ai.coditect.licensing.stores.seats.SeatIndex.PoolRef;
import ai.coditect.licensing.tokens.RevocationVerdict;
import ai.coditect.licensing.tokens.RootKeyText;
import ai.coditect.licensing.tokens.SeatVerifier;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The operator on a real Postgres, a real Redis and the stand-in for Cloud KMS. */
@Tag("kubernetes")
@Execution(ExecutionMode.CONCURRENT)
class RealStoresTest {

  private static final String KEY_RING = "projects/p/locations/l/keyRings/operator";
  private static final String DATABASE = "licensing";
  private static final String OPERATOR = "licensing_operator";

  private static final String SECRET = "secret";

  @TempDir Path data;
  @TempDir Path redisData;

  private final String tenantId = "acme-" + UUID.randomUUID().toString().substring(0, 8);
  private final KmsStandIn kms = KmsStandIn.startInMemory();
  private PostgresServer postgres;
  private RedisServer redis;

  @BeforeEach
  void prepare() throws SQLException {
    kms.ensureKeyRing(KEY_RING);
    redis = RedisServer.start(redisData, SECRET);
    postgres = PostgresServer.start(data);
    postgres.createDatabase(DATABASE);
    asSuperuser("CREATE ROLE %s LOGIN CREATEROLE PASSWORD '%s'".formatted(OPERATOR, SECRET));
    asSuperuser("ALTER DATABASE %s OWNER TO %s".formatted(DATABASE, OPERATOR));
  }

  @AfterEach
  void stop() {
    postgres.close();
    redis.close();
    kms.close();
  }

  @Test
  void tenantComesStaysThroughAnOutageAndGoes() throws SQLException {
    try (var scene = Scene.withoutOperator();
        var stores = stores()) {
      scene.startOperator(stores);
      scene.apply(tenant() + "---\n" + POOL_TO_DELETE);
      var status = awaitPoolServing(scene);
      assertThat(status.free()).isEqualTo(3);
      assertThat(podsCanLogIn(scene)).isTrue();

      int port = postgres.port();
      postgres.close();
      scene.awaitTenant(
          "acme", there -> has("LedgerReady", False, "LedgerUnavailable").test(there.conditions()));
      postgres = PostgresServer.start(data, OptionalInt.of(port));
      Acme.awaitTenantServing(scene);
      awaitPoolServing(scene);

      var roots = configMap(scene, "acme-root").getData().get("roots.pem");
      scene.pool("cad").delete();
      scene.tenant("acme").delete();
      scene.awaitGone(scene.tenant("acme"));
      assertThat(isEverythingRevoked(scene, roots)).isTrue();
      assertThat(count("SELECT count(*) FROM licensing.tenants")).isZero();
      assertThat(count("SELECT count(*) FROM licensing.slots")).isZero();
      assertThat(count("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'tenant\\_%'")).isZero();
    }
  }

  @Test
  void rootIsReplacedInCloudKms() throws SQLException {
    try (var scene = Scene.withoutOperator();
        var stores = stores()) {
      scene.startOperator(stores);
      scene.apply(tenant());
      var before = Acme.awaitTenantServing(scene);
      scene.apply(tenant() + "  signing:\n    rootRotation: 1\n    rootOverlapSeconds: 3600\n");
      var shown = scene.awaitTenant("acme", status -> status.rootKeys().size() == 2);
      assertThat(shown.rootKeyVersion()).isEqualTo(before.rootKeyVersion());

      scene.apply(tenant() + "  signing:\n    rootRotation: 1\n    rootOverlapSeconds: 0\n");
      var turned =
          scene.awaitTenant(
              "acme", status -> !status.rootKeyVersion().equals(before.rootKeyVersion()));
      assertThat(turned.rootKeyVersion()).endsWith("/cryptoKeyVersions/2");
      assertThat(turned.rootKeys()).hasSize(2);
      assertThat(
              count(
                  "SELECT cardinality(root_key_versions) FROM licensing.tenants WHERE root_key_version LIKE '%/2'"))
          .isEqualTo(2);
    }
  }

  @Test
  void operatorThatStartsWithoutPostgresGoesOnWhenItIsThere() {
    int port = postgres.port();
    postgres.close();
    try (var scene = Scene.withoutOperator();
        var stores = stores()) {
      scene.startOperator(stores);
      scene.apply(tenant());
      scene.awaitTenant(
          "acme", there -> has("Ready", False, "LedgerUnavailable").test(there.conditions()));
      postgres = PostgresServer.start(data, OptionalInt.of(port));
      Acme.awaitTenantServing(scene);
    }
  }

  @Test
  void missingRightIsNamedAndWhatWaitsForItGoesOnOnceItIsThere() throws SQLException {
    asSuperuser("ALTER ROLE %s NOCREATEROLE".formatted(OPERATOR));
    try (var scene = Scene.withoutOperator();
        var stores = stores()) {
      scene.startOperator(stores);
      scene.apply(tenant());
      var status =
          scene.awaitTenant(
              "acme", there -> has("Ready", False, "LedgerRefused").test(there.conditions()));
      assertThat(status.conditions().getFirst().message()).contains("SQLSTATE 42501");
      asSuperuser("ALTER ROLE %s CREATEROLE".formatted(OPERATOR));
      Acme.awaitTenantServing(scene);
    }
  }

  @Test
  void limitsAreInRedisAndFollowTheLedgerOnceItIsBackFromAnOutage() {
    try (var scene = Scene.withoutOperator();
        var stores = stores()) {
      scene.startOperator(stores);
      scene.apply(
          tenant() + "  api:\n    rateLimit:\n      acquiresPerSecond: 1\n---\n" + POOL_TO_DELETE);
      awaitPoolServing(scene);
      awaitSeats(scene, True, "SeatLimitSet");
      assertThat(seatsOffered(stores.seatIndex())).isEqualTo(3);
      await("a refusal").until(() -> stores.rateLimits().acquire(tenantId, "").isRefused());

      redis.close();
      awaitSeats(scene, False, "SeatIndexUnavailable");
      scene.awaitTenant(
          "acme",
          there -> has("SeatsReady", False, "SeatIndexUnavailable").test(there.conditions()));
      Cluster.kubectl("-n", scene.namespace, "scale", "lpool/cad", "--replicas=2");
      var status = scene.awaitPool("cad", there -> there.seats() == 2);
      assertThat(has("Ready", True, "Serving").test(status.conditions())).isTrue();

      redis = RedisServer.start(redisData, SECRET);
      awaitSeats(scene, True, "SeatLimitSet");
      scene.awaitTenant(
          "acme", there -> has("SeatsReady", True, "RateLimitSet").test(there.conditions()));
      assertThat(seatsOffered(stores.seatIndex())).isEqualTo(2);
    }
  }

  @Test
  void whatAHandChangedInTheLedgerOrRedisIsAsWishedAgain() throws SQLException {
    try (var scene = Scene.withoutOperator();
        var stores = stores()) {
      scene.startOperator(stores);
      scene.apply(
          tenant() + "  api:\n    rateLimit:\n      acquiresPerSecond: 1\n---\n" + POOL_TO_DELETE);
      awaitPoolServing(scene);
      awaitSeats(scene, True, "SeatLimitSet");

      asSuperuser("UPDATE licensing.tenants SET display_name = 'x', suspended = true");
      asSuperuser("DELETE FROM licensing.slots WHERE slot_no = 2");
      asSuperuser("UPDATE licensing.pools SET seats = 1, product = 'x', lease_seconds = 1");
      asSuperuser("DELETE FROM licensing.license_keys");
      stores.seatIndex().forget(new PoolRef(tenantId, "cad"));
      stores.rateLimits().forget(tenantId);

      await("the rows")
          .atMost(Scene.PATIENCE)
          .untilAsserted(
              () -> {
                assertThat(count("SELECT count(*) FROM licensing.tenants WHERE NOT suspended"))
                    .isOne();
                assertThat(
                        count(
                            "SELECT seats FROM licensing.pools WHERE product = 'acme-cad' AND lease_seconds = 360"))
                    .isEqualTo(3);
                assertThat(count("SELECT count(*) FROM licensing.slots")).isEqualTo(3);
                assertThat(
                        count(
                            "SELECT count(*) FROM licensing.license_keys WHERE revoked_at IS NULL"))
                    .isOne();
              });
      await("the limits")
          .atMost(Scene.PATIENCE)
          .until(
              () ->
                  seatsOffered(stores.seatIndex()) == 3
                      && stores.rateLimits().acquire(tenantId, "").isRefused());
    }
  }

  @Test
  void podsLogInToRedisAsTheirTenantsUserWhichIsMadeAnewWhereRedisLostIt() {
    try (var scene = Scene.withoutOperator();
        var stores = stores()) {
      scene.startOperator(stores);
      scene.apply(tenant() + "---\n" + POOL_TO_DELETE);
      awaitPoolServing(scene);
      var url = scene.secretValue("acme-license-api", "license-api.redis.url");
      assertThat(url).startsWith("redis://tenant_%s:".formatted(tenantId)).doesNotContain(SECRET);
      assertThat(podsUseRedis(url)).isTrue();

      redis.crash();
      redis = RedisServer.start(redisData, SECRET);
      await("the user").atMost(Scene.PATIENCE).until(() -> podsUseRedis(url));
      await("its being told")
          .atMost(Scene.PATIENCE)
          .until(
              () ->
                  scene.events("Tenant", "acme").stream()
                      .anyMatch(event -> event.getMessage().startsWith("SeatLogin ")));
      assertThat(
              scene
                  .meters
                  .get("licensing.operator.repairs")
                  .tag("what", "SeatLogin")
                  .counter()
                  .count())
          .isOne();

      scene.pool("cad").delete();
      scene.tenant("acme").delete();
      scene.awaitGone(scene.tenant("acme"));
      assertThat(redis.ask("ACL USERS")).doesNotContain(tenantId);
    }
  }

  @Test
  void aRedisThatRefusesTheOperatorsUsersIsNamedAndProgramsAreServed() {
    redis.ask("ACL SETUSER default -acl");
    try (var scene = Scene.withoutOperator();
        var stores = stores()) {
      scene.startOperator(stores);
      scene.apply(tenant() + "---\n" + POOL_TO_DELETE);
      awaitPoolServing(scene);
      var status =
          scene.awaitTenant(
              "acme",
              there -> has("SeatsReady", False, "SeatLoginRefused").test(there.conditions()));
      assertThat(has("Ready", True, "Serving").test(status.conditions())).isTrue();
      assertThat(scene.secretValue("acme-license-api", "license-api.redis.url"))
          .doesNotContain(SECRET);
    }
  }

  @Test
  void whereRedisHasNoUsersPodsShareALogin() {
    redis.close();
    redis = RedisServer.start(redisData, SECRET, OptionalInt.empty(), "rename-command ACL \"\"\n");
    try (var scene = Scene.withoutOperator();
        var stores = stores()) {
      scene.startOperator(stores);
      scene.apply(tenant());
      Acme.awaitTenantServing(scene);
      scene.awaitTenant(
          "acme", there -> has("SeatsReady", True, "RateLimitSet").test(there.conditions()));
      assertThat(scene.secretValue("acme-license-api", "license-api.redis.url"))
          .isEqualTo("redis://redis.example:6379");
    }
  }

  @Test
  void tenantAndPoolsOfALostClusterAreTakenOverByWhoeverNamesTheLostOne() {
    try (var scene = Scene.withoutOperator();
        var stores = stores()) {
      scene.startOperator(stores);
      scene.apply(adopting(tenant()) + "---\n" + adopting(POOL_TO_DELETE));
      awaitPoolServing(scene);
      var lost = scene.tenant("acme").get().getMetadata().getUid();
      scene.stopOperator();
      lose(scene, scene.pool("cad"));
      lose(scene, scene.tenant("acme"));

      scene.startOperator(stores);
      scene.apply(adopting(tenant()) + "---\n" + adopting(POOL_TO_DELETE));
      var refused =
          scene.awaitTenant(
              "acme", there -> has("Stalled", True, "OwnedByAnother").test(there.conditions()));
      assertThat(refused.conditions().getFirst().message())
          .contains("licensing.coditect.ai/adopt-from=UID")
          .doesNotContain(lost);

      scene.apply(adopting(tenant()).replace("/adopt: \"true\"", "/adopt-from: " + lost));
      Acme.awaitTenantServing(scene);
      awaitPoolServing(scene);
    }
  }

  @Test
  void tenantGoesThoughItsLastRevocationsWouldTakeSomebodysPlace() {
    try (var scene = Scene.withoutOperator();
        var stores = stores()) {
      scene.startOperator(stores);
      scene.apply(tenant());
      Acme.awaitTenantServing(scene);
      var theirs =
          new ConfigMapBuilder()
              .withNewMetadata()
              .withNamespace(scene.namespace)
              .withName("acme-last-revocations")
              .endMetadata()
              .addToData("revocations.jwt", "theirs")
              .build();
      scene.admin.resource(theirs).fieldManager("somebody").serverSideApply();
      scene.tenant("acme").delete();
      scene.awaitGone(scene.tenant("acme"));

      assertThat(configMap(scene, "acme-last-revocations").getData())
          .containsEntry("revocations.jwt", "theirs");
      assertThat(scene.events("Tenant", "acme"))
          .filteredOn(event -> event.getReason().equals("LastRevocationsMissing"))
          .singleElement()
          .satisfies(
              event ->
                  assertThat(event.getMessage()).contains("acme-last-revocations was refused"));
    }
  }

  /** Whether what outlives the tenant revokes everything, by the root that verifiers pinned. */
  private boolean isEverythingRevoked(Scene scene, String pinned) {
    var published = configMap(scene, "acme-last-revocations");
    assertThat(published.getMetadata().getOwnerReferences()).isEmpty();
    var verifier = SeatVerifier.pinnedTo(List.of(RootKeyText.fromPem(pinned))).forTenant(tenantId);
    var list = published.getData().get("revocations.jwt");
    return verifier.verifyLastRevocations(list, Instant.now())
            instanceof RevocationVerdict.Valid(var last)
        && last.everything();
  }

  private static ConfigMap configMap(Scene scene, String name) {
    return scene.admin.configMaps().inNamespace(scene.namespace).withName(name).get();
  }

  private static <T extends HasMetadata> void lose(Scene scene, Resource<T> resource) {
    resource.edit(
        there -> {
          there.getMetadata().setFinalizers(List.of());
          return there;
        });
    resource.delete();
    scene.awaitGone(resource);
  }

  private static void awaitSeats(Scene scene, Condition.Status status, String reason) {
    scene.awaitPool("cad", there -> has("SeatsReady", status, reason).test(there.conditions()));
  }

  /** Loads the pool as of a revision too old to touch the limit, and takes what it is offered. */
  private long seatsOffered(SeatIndex index) {
    var pool = new PoolRef(tenantId, "cad");
    index.load(pool, 100, 0, Stream.empty());
    return IntStream.range(0, 10)
        .mapToObj(holder -> index.choose(pool, "holder " + holder))
        .filter(Choice.Free.class::isInstance)
        .count();
  }

  private void asSuperuser(String sql) throws SQLException {
    try (var connection = postgres.connect(DATABASE);
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private Stores stores() {
    return new Stores(
        MigratedRegistry.start(
            PostgresRegistry.connect(
                new PostgresSettings(postgres.jdbcUrl(DATABASE), OPERATOR, SECRET)),
            Term.unlimited()),
        RedisSeatIndex.connect(redis.uri()),
        RedisRateLimits.connect(redis.uri()),
        RedisSeatLogins.connect(new RedisSettings(redis.uri())),
        new RememberedRootKeys(
            CloudKmsRootKeys.connect(keyRing(), Clock.systemUTC()), Clock.systemUTC()),
        CloudKmsRootSigner.connect(keyRing()));
  }

  private KmsSettings keyRing() {
    return new KmsSettings(Optional.of(KEY_RING), Optional.of(kms.endpoint()), true);
  }

  private String tenant() {
    return Acme.TENANT_TO_DELETE.replace("tenantId: acme", "tenantId: " + tenantId);
  }

  private boolean podsCanLogIn(Scene scene) throws SQLException {
    var user = scene.secretValue("acme-license-api", "license-api.postgres.user");
    var password = scene.secretValue("acme-license-api", "license-api.postgres.password");
    try (var connection = DriverManager.getConnection(postgres.jdbcUrl(DATABASE), user, password)) {
      return connection.isValid(1);
    }
  }

  /** The URL names a host that only pods can reach. */
  private boolean podsUseRedis(String url) {
    var here = url.replaceFirst("@.*", "@127.0.0.1:" + redis.port());
    try (var index = RedisSeatIndex.ofTenant(new RedisSettings(here), tenantId)) {
      return !index.choose(new PoolRef(tenantId, "cad"), "holder").equals(new Choice.Away());
    }
  }

  private long count(String sql) throws SQLException {
    try (var connection = postgres.connect(DATABASE);
        var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      assertThat(rows.next()).isTrue();
      return rows.getLong(1);
    }
  }
}
