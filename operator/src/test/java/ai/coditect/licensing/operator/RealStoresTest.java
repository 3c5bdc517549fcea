package ai.coditect.licensing.operator;

import static ai.coditect.licensing.crds.Condition.Status.False;
import static ai.coditect.licensing.operator.Acme.POOL_TO_DELETE;
import static ai.coditect.licensing.operator.Acme.awaitPoolServing;
import static ai.coditect.licensing.operator.cluster.Scene.has;
import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.kmsstandin.KmsStandIn;
import ai.coditect.licensing.operator.cluster.Scene;
import ai.coditect.licensing.servers.PostgresServer;
import ai.coditect.licensing.stores.keys.CloudKmsRootKeys;
import ai.coditect.licensing.stores.keys.KmsSettings;
import ai.coditect.licensing.stores.ledger.PostgresRegistry;
import ai.coditect.licensing.stores.ledger.PostgresSettings;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The operator on a real Postgres and on the stand-in for Cloud KMS. */
@Tag("kubernetes")
class RealStoresTest {

  private static final String KEY_RING = "projects/p/locations/l/keyRings/operator";
  private static final String DATABASE = "licensing";
  private static final String OPERATOR = "licensing_operator";

  @TempDir Path data;

  private final String tenantId = "acme-" + UUID.randomUUID().toString().substring(0, 8);
  private final KmsStandIn kms = KmsStandIn.startInMemory();
  private PostgresServer postgres;

  @BeforeEach
  void prepare() throws SQLException {
    kms.ensureKeyRing(KEY_RING);
    postgres = PostgresServer.start(data);
    postgres.createDatabase(DATABASE);
    asSuperuser("CREATE ROLE %s LOGIN CREATEROLE PASSWORD 'secret'".formatted(OPERATOR));
    asSuperuser("ALTER DATABASE %s OWNER TO %s".formatted(DATABASE, OPERATOR));
  }

  @AfterEach
  void stop() {
    postgres.close();
    kms.close();
  }

  @Test
  void tenantComesStaysThroughAnOutageAndGoes() throws SQLException {
    try (var scene = Scene.withoutOperator();
        var stores = stores(scene)) {
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

      scene.pool("cad").delete();
      scene.tenant("acme").delete();
      scene.awaitGone(scene.tenant("acme"));
      assertThat(count("SELECT count(*) FROM licensing.tenants")).isZero();
      assertThat(count("SELECT count(*) FROM licensing.slots")).isZero();
      assertThat(count("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'tenant\\_%'")).isZero();
    }
  }

  @Test
  void operatorThatStartsWithoutPostgresGoesOnWhenItIsThere() {
    int port = postgres.port();
    postgres.close();
    try (var scene = Scene.withoutOperator();
        var stores = stores(scene)) {
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
        var stores = stores(scene)) {
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

  private void asSuperuser(String sql) throws SQLException {
    try (var connection = postgres.connect(DATABASE);
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private Stores stores(Scene scene) {
    return new Stores(
        MigratedRegistry.start(
            PostgresRegistry.connect(
                new PostgresSettings(postgres.jdbcUrl(DATABASE), OPERATOR, "secret"))),
        scene.seatIndex,
        scene.rateLimits,
        new RememberedRootKeys(
            CloudKmsRootKeys.connect(
                new KmsSettings(Optional.of(KEY_RING), Optional.of(kms.endpoint()), true)),
            Clock.systemUTC()));
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

  private long count(String sql) throws SQLException {
    try (var connection = postgres.connect(DATABASE);
        var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      assertThat(rows.next()).isTrue();
      return rows.getLong(1);
    }
  }
}
