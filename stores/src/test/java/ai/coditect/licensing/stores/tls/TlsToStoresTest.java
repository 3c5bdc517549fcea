package ai.coditect.licensing.stores.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coditect.licensing.servers.CertificateAuthority;
import ai.coditect.licensing.servers.LoopbackPort;
import ai.coditect.licensing.servers.PostgresServer;
import ai.coditect.licensing.servers.RedisServer;
import ai.coditect.licensing.stores.ledger.LedgerUnavailableException;
import ai.coditect.licensing.stores.ledger.PostgresRegistry;
import ai.coditect.licensing.stores.ledger.PostgresSettings;
import ai.coditect.licensing.stores.seats.RedisSeatIndex;
import ai.coditect.licensing.stores.seats.RedisSettings;
import ai.coditect.licensing.stores.seats.SeatIndex.PoolRef;
import ai.coditect.licensing.stores.seats.SeatIndexUnavailableException;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Real servers with real certificates, and clients that must not be content with less. */
class TlsToStoresTest {

  private static final CertificateAuthority OURS = new CertificateAuthority("ours");
  private static final CertificateAuthority OTHERS = new CertificateAuthority("others");
  private static final String HERE = "127.0.0.1";
  private static final String ELSEWHERE = "192.0.2.7";

  @TempDir private static Path folder;

  private static PostgresServer postgres;
  private static PostgresServer postgresOfAnotherName;
  private static RedisServer redis;
  private static int redisTlsPort;
  private static int redisOfAnotherNamePort;
  private static RedisServer redisOfAnotherName;

  @BeforeAll
  static void start() throws IOException {
    postgres =
        PostgresServer.start(folder.resolve("postgres"), OURS.issue(folder.resolve("pg"), HERE));
    postgresOfAnotherName =
        PostgresServer.start(
            folder.resolve("postgres-elsewhere"), OURS.issue(folder.resolve("pg2"), ELSEWHERE));
    redisTlsPort = LoopbackPort.free();
    redis = redis("redis", redisTlsPort, HERE);
    redisOfAnotherNamePort = LoopbackPort.free();
    redisOfAnotherName = redis("redis-elsewhere", redisOfAnotherNamePort, ELSEWHERE);
  }

  private static RedisServer redis(String name, int tlsPort, String address) {
    var certificate = OURS.issue(folder.resolve(name + "-tls"), address);
    return RedisServer.start(folder.resolve(name), "hush", tlsPort, certificate);
  }

  @AfterAll
  static void stop() {
    postgres.close();
    postgresOfAnotherName.close();
    redis.close();
    redisOfAnotherName.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "?sslmode=verify-full", "?sslmode=verify-ca"})
  void postgresIsSpokenToOverTls(String mode) throws SQLException {
    try (var registry = migrated(postgres, mode);
        var superuser = postgres.connect("postgres")) {
      assertThat(registry.tenantOwner("acme")).isEmpty();
      try (var statement = superuser.createStatement();
          var rows =
              statement.executeQuery(
                  "SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)"
                      + " WHERE application_name = 'licensing-operator'")) {
        rows.next();
        assertThat(rows.getBoolean(1)).isTrue();
      }
    }
  }

  @Test
  void aPostgresOfOtherAuthoritiesIsAway() {
    assertAway(postgres, "", OTHERS, "PKIX");
  }

  @Test
  void aPostgresOfAnotherNameIsAwayUnlessNobodyAsksForIt() {
    assertAway(postgresOfAnotherName, "", OURS, HERE);
    try (var registry = migrated(postgresOfAnotherName, "?sslmode=verify-ca")) {
      assertThat(registry.tenantOwner("acme")).isEmpty();
    }
  }

  /** It would answer at once without. */
  @Test
  void aPostgresWithoutTlsIsAway() {
    assertAway(PostgresServer.shared(), "", OURS, "does not support SSL");
  }

  @ParameterizedTest
  @ValueSource(strings = {"disable", "allow", "prefer", "require"})
  void aUrlThatDoesNotAskTheAuthoritiesIsRefused(String mode) {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new PostgresSettings("jdbc:postgresql://db/licensing?sslmode=" + mode, "u", "hush")
                    .trusting(Optional.of(OURS.pem())))
        .withMessageContaining("sslmode=" + mode)
        .withMessageContaining("verify-full");
  }

  @Test
  void redisIsSpokenToOverTls() {
    assertThat(answers(redisTlsPort, "", OURS)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"'', false", "?verifyPeer=FULL, false", "?verifyPeer=CA, true"})
  void aRedisOfAnotherNameIsAwayUnlessNobodyAsksForIt(String query, boolean isThere) {
    assertThat(answers(redisOfAnotherNamePort, query, OURS)).isEqualTo(isThere);
  }

  @Test
  void aRedisOfOtherAuthoritiesOrWithoutTlsIsAway() {
    assertThat(answers(redisTlsPort, "", OTHERS)).isFalse();
    assertThat(answers(redis.port(), "", OURS)).isFalse();
  }

  @Test
  void aRedisUrlWithoutTlsIsRefusedWhereAuthoritiesAreGiven() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RedisSettings("redis://:hush@redis", Optional.of(OURS.pem())))
        .withMessageContaining("rediss://")
        .withMessageNotContaining("hush");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "not a certificate",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
      })
  void whatIsNoCertificateIsRefused(String pem) {
    assertThatIllegalArgumentException().isThrownBy(() -> TrustedAuthorities.of(pem));
  }

  /** While one authority takes over from another, both are trusted. */
  @Test
  void severalAuthoritiesAreTrusted() {
    var both = Optional.of(OTHERS.pem() + OURS.pem());
    try (var index = RedisSeatIndex.connect(new RedisSettings(url(redisTlsPort, ""), both))) {
      assertThat(index.setLimit(new PoolRef("acme", "both"), 1, 1)).isTrue();
    }
  }

  private static PostgresRegistry registry(
      PostgresServer server, String mode, CertificateAuthority authority) {
    return PostgresRegistry.connect(
        new PostgresSettings(server.jdbcUrl("postgres") + mode, PostgresServer.SUPERUSER, "")
            .trusting(Optional.of(authority.pem())));
  }

  /** On a busy machine a transaction may be cut off. */
  private static PostgresRegistry migrated(PostgresServer server, String mode) {
    var registry = registry(server, mode, OURS);
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .ignoreException(LedgerUnavailableException.class)
        .until(
            () -> {
              registry.migrate();
              return true;
            });
    return registry;
  }

  private static void assertAway(
      PostgresServer server, String mode, CertificateAuthority authority, String because) {
    try (var registry = registry(server, mode, authority)) {
      assertThatThrownBy(() -> registry.tenantOwner("acme"))
          .isInstanceOf(LedgerUnavailableException.class)
          .hasStackTraceContaining(because);
    }
  }

  private static boolean answers(int port, String query, CertificateAuthority authority) {
    var settings = new RedisSettings(url(port, query), Optional.of(authority.pem()));
    try (var index = RedisSeatIndex.connect(settings)) {
      index.setLimit(new PoolRef("acme", "cad"), 1, 1);
      return true;
    } catch (SeatIndexUnavailableException e) {
      return false;
    }
  }

  private static String url(int port, String query) {
    return "rediss://:hush@%s:%d%s".formatted(HERE, port, query);
  }
}
