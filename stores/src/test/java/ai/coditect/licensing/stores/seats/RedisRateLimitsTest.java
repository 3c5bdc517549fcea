package ai.coditect.licensing.stores.seats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import ai.coditect.licensing.servers.RedisServer;
import java.time.Duration;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedisRateLimitsTest {

  /** A busy machine must not look like a Redis that is away. */
  private static final Duration PATIENT = Duration.ofSeconds(10);

  private static final RedisRateLimits LIMITS =
      RedisRateLimits.connect(RedisServer.shared().uri(), PATIENT);

  private final String tenant = UUID.randomUUID().toString();

  @AfterAll
  static void close() {
    LIMITS.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"redis://:s3^cret@127.0.0.1:6379", "redis://:s3cret%zz@127.0.0.1:6379"})
  void aUrlThatCannotBeReadIsNotRepeated(String url) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RedisRateLimits.connect(url))
        .withNoCause()
        .satisfies(refused -> assertThat(refused.getMessage()).doesNotContain("s3"));
  }

  @Test
  void withoutALimitEverybodyIsAdmitted() {
    assertThat(LIMITS.admit(tenant)).isZero();
  }

  /** A tenant without a limit is not asked about for a while. */
  @Test
  void aLimitThatIsSetLaterActsSoon() {
    assertThat(LIMITS.admit(tenant)).isZero();
    LIMITS.setLimit(tenant, 1);
    await().atMost(Duration.ofSeconds(5)).until(() -> LIMITS.admit(tenant).isPositive());
  }

  @Test
  void beyondTheLimitCallersWaitForTheNextSecond() {
    LIMITS.setLimit(tenant, 2);
    // More calls than two seconds admit, so at least one is refused wherever the second turns.
    var longest =
        IntStream.range(0, 5).mapToObj(i -> LIMITS.admit(tenant)).max(Duration::compareTo);
    assertThat(longest.orElseThrow()).isBetween(Duration.ofMillis(1), Duration.ofSeconds(1));
    await().atMost(Duration.ofSeconds(5)).until(() -> LIMITS.admit(tenant).isZero());
  }

  @Test
  void theLimitThatIsSetLastHolds() {
    LIMITS.setLimit(tenant, 1);
    LIMITS.setLimit(tenant, 1000);
    assertThat(IntStream.range(0, 50).mapToObj(i -> LIMITS.admit(tenant)))
        .containsOnly(Duration.ZERO);
  }

  @Test
  void itIsSaidWhetherRedisHeldAnotherLimitOrNone() {
    assertThat(LIMITS.setLimit(tenant, 5)).as("none").isTrue();
    assertThat(LIMITS.setLimit(tenant, 5)).as("the same").isFalse();
    assertThat(LIMITS.setLimit(tenant, 6)).as("another").isTrue();
    LIMITS.forget(tenant);
    assertThat(LIMITS.setLimit(tenant, 6)).as("none any more").isTrue();
  }

  @Test
  void aForgottenTenantHasNoLimit() {
    LIMITS.setLimit(tenant, 1);
    LIMITS.forget(tenant);
    assertThat(IntStream.range(0, 5).mapToObj(i -> LIMITS.admit(tenant)))
        .containsOnly(Duration.ZERO);
  }

  @Test
  void aLimiterThatIsAwayTurnsNobodyOut() {
    try (var away = RedisRateLimits.connect("redis://127.0.0.1:1")) {
      assertThat(away.admit(tenant)).isZero();
    }
  }

  @Test
  void limitsBesideAnIndexHoldOnItsConnection() {
    try (var index = RedisSeatIndex.connect(RedisServer.shared().uri(), PATIENT);
        var beside = RedisRateLimits.beside(index)) {
      beside.setLimit(tenant, 1);
      await()
          .atMost(Duration.ofSeconds(5))
          .until(() -> Stream.of(1, 2, 3).anyMatch(i -> beside.admit(tenant).isPositive()));
    }
  }
}
