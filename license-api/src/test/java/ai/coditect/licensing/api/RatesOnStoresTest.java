package ai.coditect.licensing.api;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.api.http.Recording;
import ai.coditect.licensing.kmsstandin.KmsStandIn;
import ai.coditect.licensing.servers.PostgresServer;
import ai.coditect.licensing.servers.RedisServer;
import ai.coditect.licensing.stores.seats.RateLimits.Rate;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Limits that two instances of the API share, in a real Redis that also goes away. */
@Tag("system")
class RatesOnStoresTest {

  private static final Duration LEASE = Duration.ofMinutes(6);
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Rate PLENTY = new Rate(100_000, 100_000);

  @TempDir private Path folder;

  @Test
  void instancesShareWhatACallerMayAskForAndAStormOfItCostsNobodyAHeartbeat() {
    Installation installation = Installation.shared(true);
    installation.limitRates(new Rate(1_000, 4), PLENTY);
    String greedy = installation.putPool("greedy", 100, LEASE);
    String modest = installation.putPool("modest", 100, LEASE);
    try (TwoInstances instances = TwoInstances.of(installation)) {
      String session = instances.one.acquire(modest, "alice").text("session_id");
      Awaitility.await()
          .atMost(PATIENCE)
          .until(
              () -> {
                acquire(instances.one, greedy, 2);
                acquire(instances.two, greedy, 2);
                return acquire(instances.one, greedy, 1) == 429
                    && acquire(instances.two, greedy, 1) == 429;
              });
      assertThat(acquire(instances.one, modest, 1)).isEqualTo(200);
      for (int i = 0; i < 20; i++) {
        acquire(instances.one, greedy, 5);
        assertThat(instances.two.heartbeat(session).status()).isEqualTo(200);
      }
      assertThat(instances.two.release(session).status()).isEqualTo(200);
    }
  }

  @Test
  void withoutRedisNobodyIsHeldBack() {
    RedisServer redis = RedisServer.start(folder.resolve("redis"), "hush");
    Installation installation =
        new Installation(
            PostgresServer.shared(), Optional.of(redis.uri()), KmsStandIn.startInMemory());
    String key = installation.putPool("cad", 100, LEASE);
    installation.limitRates(new Rate(1, 1), new Rate(1, 1));
    try (TwoInstances instances = TwoInstances.of(installation)) {
      String session =
          Awaitility.await()
              .atMost(PATIENCE)
              .until(
                  () -> instances.one.acquire(key, "alice").text("session_id"),
                  id -> !id.isEmpty());
      Awaitility.await()
          .atMost(PATIENCE)
          .until(() -> instances.one.heartbeat(session).status() == 429);

      redis.close();

      Awaitility.await()
          .atMost(PATIENCE)
          .until(() -> instances.one.heartbeat(session).status() == 200);
      for (int i = 0; i < 20; i++) {
        assertThat(instances.one.heartbeat(session).status()).isEqualTo(200);
        assertThat(acquire(instances.two, key, 1)).isEqualTo(200);
      }
    } finally {
      redis.close();
    }
  }

  /** Asks so often, each time as another machine; answers the last status. */
  private static int acquire(Recording instance, String key, int times) {
    return IntStream.range(0, times)
        .map(i -> instance.acquire(key, UUID.randomUUID().toString()).status())
        .reduce(0, (before, last) -> last);
  }
}
