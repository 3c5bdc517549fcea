package ai.coditect.licensing.api;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.api.http.Recording;
import ai.coditect.licensing.api.http.Recording.Answer;
import ai.coditect.licensing.api.seats.Applicant;
import ai.coditect.licensing.kmsstandin.KmsStandIn;
import ai.coditect.licensing.kmsstandin.Rpc;
import ai.coditect.licensing.servers.PostgresServer;
import ai.coditect.licensing.servers.RedisServer;
import ai.coditect.licensing.stores.seats.RedisSeatIndex;
import ai.coditect.licensing.stores.seats.SeatIndex.Choice;
import ai.coditect.licensing.stores.seats.SeatIndex.PoolRef;
import io.grpc.Status;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real stores that go away and come back under a running API. */
@Tag("system")
class OutagesTest {

  private static final Duration LEASE = Duration.ofMinutes(6);
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @TempDir private Path folder;

  @Test
  void withoutRedisItIsSlowerNotUnreadyAndTheIndexComesBackByItself() {
    RedisServer redis = RedisServer.start(folder.resolve("redis"), "hush");
    try (Running running =
        new Running(
            PostgresServer.shared(), Optional.of(redis.uri()), KmsStandIn.startInMemory())) {
      String key = running.installation.putPool("cad", 3, LEASE);
      String session = running.api.acquire(key, "before").text("session_id");

      redis.close();

      assertThat(running.api.acquire(key, "while away").status()).isEqualTo(200);
      assertThat(running.api.heartbeat(session).status()).isEqualTo(200);
      assertThat(running.api.release(session).status()).isEqualTo(200);
      assertThat(running.readiness().status()).isEqualTo(200);

      redis = RedisServer.start(folder.resolve("redis"), "hush");
      assertThat(running.api.acquire(key, "second").status()).isEqualTo(200);
      String third = running.api.acquire(key, "third").text("session_id");
      assertThat(running.api.acquire(key, "too many").problem()).isEqualTo("pool-exhausted");
      assertThat(running.installation.inUse("cad")).isEqualTo(3);
      String holder = Applicant.of(running.installation.tenant, key, "third", "").holder();
      String uri = redis.uri();
      Awaitility.await()
          .atMost(PATIENCE)
          .until(
              () -> {
                running.api.heartbeat(third);
                return choice(uri, running.installation.tenant, holder) instanceof Choice.Own;
              });
    } finally {
      redis.close();
    }
  }

  @Test
  void aRedisThatLostItsUsersIsDoneWithoutUntilTheyAreMadeAnew() {
    RedisServer redis = RedisServer.start(folder.resolve("redis"), "hush");
    try (Running running =
        new Running(
            PostgresServer.shared(),
            Optional.of(redis.uri()),
            KmsStandIn.startInMemory(),
            Installation::makeRedisLogin)) {
      String tenant = running.installation.tenant;
      String uri = redis.uri();
      String key = running.installation.putPool("cad", 3, LEASE);
      running.api.acquire(key, "before");
      Awaitility.await().atMost(PATIENCE).until(() -> isKnown(uri, tenant, key, "before"));

      redis.crash();
      redis = RedisServer.start(folder.resolve("redis"), "hush");
      String session = running.api.acquire(key, "meanwhile").text("session_id");
      assertThat(running.api.heartbeat(session).status()).isEqualTo(200);
      assertThat(isKnown(uri, tenant, key, "meanwhile")).isFalse();

      running.installation.makeRedisLogin();
      Awaitility.await()
          .atMost(PATIENCE)
          .until(
              () -> {
                running.api.heartbeat(session);
                return isKnown(uri, tenant, key, "meanwhile");
              });
    } finally {
      redis.close();
    }
  }

  @Test
  void withoutPostgresItSaysSoWithinTwoSecondsAndRecoversByItself() throws Exception {
    PostgresServer postgres = PostgresServer.start(folder.resolve("postgres"));
    try (Running running = new Running(postgres, Optional.empty(), KmsStandIn.startInMemory())) {
      String key = running.installation.putPool("cad", 3, LEASE);
      String session = running.api.acquire(key, "before").text("session_id");

      postgres.close();

      assertUnavailableSoon(() -> running.api.acquire(key, "while away"));
      assertUnavailableSoon(() -> running.api.heartbeat(session));
      assertEachUnavailableSoon(() -> running.api.acquire("never looked up", "many"));
      Awaitility.await().atMost(PATIENCE).until(() -> running.readiness().status() == 503);
      assertThat(running.readiness().json().get("reasons").get(0).asText()).startsWith("ledger:");
      assertThat(running.api.get("/api/v1/health/live").status()).isEqualTo(200);

      postgres = PostgresServer.start(folder.resolve("postgres"));
      Awaitility.await().atMost(PATIENCE).until(() -> running.readiness().status() == 200);
      assertThat(running.api.heartbeat(session).status()).isEqualTo(200);
    } finally {
      postgres.close();
    }
  }

  @Test
  void withoutKmsAtStartItIsUnreadyAndSaysWhyUntilKmsAnswers() {
    KmsStandIn kms = KmsStandIn.startInMemory();
    try (Installation installation =
        new Installation(PostgresServer.shared(), Optional.empty(), kms)) {
      kms.faults().fail(Rpc.ASYMMETRIC_SIGN, Status.Code.UNAVAILABLE, 1_000);
      String key = installation.putPool("cad", 3, LEASE);
      LicenseApi api = installation.api();
      api.start();
      Recording recording = new Recording(api.port());

      Awaitility.await()
          .atMost(PATIENCE)
          .until(
              () ->
                  recording
                      .get("/api/v1/health/ready")
                      .raw()
                      .body()
                      .contains("signing: the key management service is unavailable"));
      assertThat(recording.acquire(key, "alice").problem()).isEqualTo("signing-unavailable");
      assertThat(installation.inUse("cad")).as("a refused acquire takes no seat").isZero();

      kms.faults().clear();
      Awaitility.await()
          .atMost(PATIENCE)
          .until(() -> recording.acquire(key, "alice").status() == 200);
      api.stop();
      assertThat(recording.violations()).isEmpty();
    }
  }

  private static boolean isKnown(String redisUri, String tenant, String key, String machine) {
    String holder = Applicant.of(tenant, key, machine, "").holder();
    return choice(redisUri, tenant, holder) instanceof Choice.Own;
  }

  /** What the index, asked by itself, says to the holder. */
  private static Choice choice(String redisUri, String tenant, String holder) {
    try (RedisSeatIndex index = RedisSeatIndex.connect(redisUri)) {
      return index.choose(new PoolRef(tenant, "cad"), holder);
    }
  }

  private static void assertUnavailableSoon(Supplier<Answer> call) {
    Instant asked = Instant.now();
    Answer answer = call.get();
    assertThat(answer.problem()).isEqualTo("ledger-unavailable");
    assertThat(answer.header("Retry-After")).isEqualTo("2");
    assertThat(Duration.between(asked, Instant.now())).isLessThan(Duration.ofSeconds(2));
  }

  private static void assertEachUnavailableSoon(Supplier<Answer> call) throws Exception {
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<Void> client =
          () -> {
            assertUnavailableSoon(call);
            return null;
          };
      for (Future<Void> answered : clients.invokeAll(Collections.nCopies(64, client))) {
        answered.get();
      }
    }
  }

  /** A tenant's API that is ready. */
  private static final class Running implements AutoCloseable {
    private final Installation installation;
    private final LicenseApi process;
    private final Recording api;

    Running(PostgresServer postgres, Optional<String> redisUri, KmsStandIn kms) {
      this(postgres, redisUri, kms, _ -> {});
    }

    Running(
        PostgresServer postgres,
        Optional<String> redisUri,
        KmsStandIn kms,
        Consumer<Installation> preparation) {
      installation = new Installation(postgres, redisUri, kms);
      preparation.accept(installation);
      process = installation.api();
      process.start();
      api = new Recording(process.port());
      Awaitility.await().atMost(PATIENCE).until(() -> readiness().status() == 200);
    }

    Answer readiness() {
      return api.get("/api/v1/health/ready");
    }

    @Override
    public void close() {
      process.stop();
      installation.close();
      assertThat(api.violations()).as("answers against openapi.yaml").isEmpty();
    }
  }
}
