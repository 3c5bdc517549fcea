package ai.coditect.licensing.api;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.api.http.Recording;
import ai.coditect.licensing.api.settings.Settings;
import ai.coditect.licensing.api.settings.SettingsReader;
import ai.coditect.licensing.kmsstandin.KmsStandIn;
import ai.coditect.licensing.servers.CertificateAuthority;
import ai.coditect.licensing.servers.LoopbackPort;
import ai.coditect.licensing.servers.PostgresServer;
import ai.coditect.licensing.servers.RedisServer;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An API that may speak to its stores over TLS only, and real ones with real certificates. */
@Tag("system")
class StoresOverTlsTest {

  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Duration LEASE = Duration.ofMinutes(6);
  private static final String HERE = "127.0.0.1";

  private final CertificateAuthority authority = new CertificateAuthority("ours");

  @TempDir private Path folder;

  private PostgresServer postgres;
  private RedisServer redis;
  private int redisTlsPort;
  private Installation installation;

  @BeforeEach
  void start() throws IOException {
    postgres =
        PostgresServer.start(
            folder.resolve("postgres"), authority.issue(folder.resolve("postgres-tls"), HERE));
    redisTlsPort = LoopbackPort.free();
    redis =
        RedisServer.start(
            folder.resolve("redis"),
            "hush",
            redisTlsPort,
            authority.issue(folder.resolve("redis-tls"), HERE));
    installation = new Installation(postgres, Optional.of(redis.uri()), KmsStandIn.startInMemory());
  }

  @AfterEach
  void stop() {
    installation.close();
    redis.close();
    postgres.close();
  }

  @Test
  void aSeatIsTakenAndKeptAndNothingGoesInTheClear() throws SQLException {
    String key = installation.putPool("cad", 1, LEASE);
    LicenseApi api = api(authority);
    api.start();
    try {
      Recording client = new Recording(api.port());
      awaitReady(client);
      String session = client.acquire(key, "alice").text("session_id");
      assertThat(client.heartbeat(session).status()).isEqualTo(200);
      assertThat(client.acquire(key, "bob").problem()).isEqualTo("pool-exhausted");

      assertThat(connectionsInTheClear()).isZero();
      assertThat(connectionsOverTls()).isPositive();
      assertThat(redis.ask("CLIENT LIST TYPE normal"))
          .contains("laddr=%s:%d".formatted(HERE, redisTlsPort));
    } finally {
      api.stop();
    }
  }

  @Test
  void whereTheStoresAreNotWhoTheyShouldBeNothingIsServed() throws SQLException {
    LicenseApi api = api(new CertificateAuthority("another"));
    api.start();
    try {
      Recording client = new Recording(api.port());
      assertThat(client.get("/api/v1/health/live").status()).isEqualTo(200);
      assertThat(client.get("/api/v1/health/ready").status()).isEqualTo(503);
      assertThat(client.acquire("key", "alice").status()).isEqualTo(503);
      assertThat(connectionsInTheClear() + connectionsOverTls()).isZero();
    } finally {
      api.stop();
    }
  }

  private LicenseApi api(CertificateAuthority trusted) {
    Map<String, String> environment = new HashMap<>(installation.environment());
    environment.put("LICENSE_API_POSTGRES_CA", trusted.pem());
    environment.put("LICENSE_API_REDIS_CA", trusted.pem());
    environment.put("LICENSE_API_REDIS_URL", "rediss://:hush@%s:%d".formatted(HERE, redisTlsPort));
    Settings settings = SettingsReader.read(environment);
    return new LicenseApi(settings, Stores.connect(settings));
  }

  private static void awaitReady(Recording client) {
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> client.get("/api/v1/health/ready").status() == 200);
  }

  private int connectionsInTheClear() throws SQLException {
    return count("NOT ssl");
  }

  private int connectionsOverTls() throws SQLException {
    return count("ssl");
  }

  private int count(String condition) throws SQLException {
    try (Connection superuser = postgres.connect(PostgresServer.SUPERUSER);
        Statement statement = superuser.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)"
                    + " WHERE application_name LIKE 'license-api%' AND "
                    + condition)) {
      rows.next();
      return rows.getInt(1);
    }
  }
}
