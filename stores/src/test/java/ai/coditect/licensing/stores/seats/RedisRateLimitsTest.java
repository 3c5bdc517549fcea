package ai.coditect.licensing.stores.seats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import ai.coditect.licensing.servers.RedisServer;
import ai.coditect.licensing.stores.seats.Admission.Quota;
import ai.coditect.licensing.stores.seats.Admission.Scope;
import ai.coditect.licensing.stores.seats.RateLimits.Limits;
import ai.coditect.licensing.stores.seats.RateLimits.Rate;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedisRateLimitsTest {

  /** A busy machine must not look like a Redis that is away. */
  private static final Duration PATIENT = Duration.ofSeconds(10);

  private static final int PLENTY = 100_000;

  private static final RedisServer REDIS = RedisServer.shared();
  private static final RedisRateLimits LIMITS = RedisRateLimits.connect(REDIS.uri(), PATIENT);

  /** Another pod. */
  private static final RedisRateLimits OTHER = RedisRateLimits.connect(REDIS.uri(), PATIENT);

  private final String tenant = UUID.randomUUID().toString();

  @AfterAll
  static void close() {
    LIMITS.close();
    OTHER.close();
  }

  /** The same for acquires and for heartbeats. */
  static Limits limits(int perTenant, int perPrincipal) {
    var rate = new Rate(perTenant, perPrincipal);
    return new Limits(rate, rate);
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
  void withoutLimitsEverybodyIsAdmittedAndNobodyIsCounted() {
    assertThat(LIMITS.acquire(tenant, "alice")).isEqualTo(Admission.UNCOUNTED);
    assertThat(LIMITS.heartbeats(tenant, "alice", 1_000)).isEqualTo(Admission.UNCOUNTED);
    assertThat(REDIS.ask("EXISTS rates:{" + tenant + "}:acquires")).isEqualTo(":0\r\n");
  }

  /** A tenant without limits is not asked about for a while. */
  @Test
  void limitsThatAreSetLaterActSoon() {
    assertThat(LIMITS.acquire(tenant, "alice").isRefused()).isFalse();
    LIMITS.setLimits(tenant, limits(1, 1));
    await().atMost(PATIENT).until(() -> LIMITS.acquire(tenant, "alice").isRefused());
  }

  @Test
  void beyondTheLimitCallersWaitForTheNextSecond() {
    LIMITS.setLimits(tenant, limits(2, PLENTY));
    // More calls than two seconds admit, so at least one is refused wherever the second turns.
    var refused =
        IntStream.range(0, 5)
            .mapToObj(i -> LIMITS.acquire(tenant, "caller " + i))
            .filter(Admission::isRefused)
            .findFirst()
            .orElseThrow();
    assertThat(refused.refusedBy()).contains(Scope.TENANT);
    assertThat(refused.untilNext()).isBetween(Duration.ofMillis(1), Duration.ofSeconds(1));
    assertThat(refused.quotas()).contains(new Quota(Scope.TENANT, 2, 0));
    await().atMost(PATIENT).until(() -> !LIMITS.acquire(tenant, "alice").isRefused());
  }

  @Test
  void onePrincipalCannotUseUpTheTenantsShare() {
    LIMITS.setLimits(tenant, limits(PLENTY, 3));
    var greedy =
        Stream.generate(() -> LIMITS.acquire(tenant, "greedy"))
            .filter(Admission::isRefused)
            .findFirst()
            .orElseThrow();
    assertThat(greedy.refusedBy()).contains(Scope.PRINCIPAL);
    assertThat(greedy.quotas()).contains(new Quota(Scope.PRINCIPAL, 3, 0));
    assertThat(LIMITS.acquire(tenant, "modest").isRefused()).isFalse();
    assertThat(LIMITS.acquire(tenant, "").isRefused()).as("one without a name").isFalse();
  }

  /** What a principal is refused is not taken from the others. */
  @Test
  void whatIsRefusedIsNotCounted() {
    LIMITS.setLimits(tenant, limits(1_000, 1));
    var last = IntStream.range(0, 50).mapToObj(i -> LIMITS.acquire(tenant, "greedy")).toList();
    var left = last.getLast().quotas().getFirst().left();
    assertThat(left).isGreaterThanOrEqualTo(999);
  }

  @Test
  void podsShareWhatTheyCount() {
    LIMITS.setLimits(tenant, limits(PLENTY, 10));
    await()
        .atMost(PATIENT)
        .until(
            () -> {
              IntStream.range(0, 5).forEach(i -> LIMITS.acquire(tenant, "alice"));
              IntStream.range(0, 5).forEach(i -> OTHER.acquire(tenant, "alice"));
              return LIMITS.acquire(tenant, "alice").isRefused();
            });
  }

  @Test
  void manyAtOnceAreCountedOneByOne() throws Exception {
    LIMITS.setLimits(tenant, limits(PLENTY, 40));
    var second = REDIS.ask("TIME").split("\r\n", -1)[2];
    List<Callable<Admission>> calls =
        IntStream.range(0, 400)
            .<Callable<Admission>>mapToObj(
                i -> () -> (i % 2 == 0 ? LIMITS : OTHER).acquire(tenant, "caller " + i % 4))
            .toList();
    long admitted;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      admitted =
          threads.invokeAll(calls).stream().filter(call -> !call.resultNow().isRefused()).count();
    }
    var seconds =
        1 + Long.parseLong(REDIS.ask("TIME").split("\r\n", -1)[2]) - Long.parseLong(second);
    assertThat(admitted).isBetween(4 * 40L, Math.min(400, seconds * 4 * 40L));
  }

  @Test
  void heartbeatsAreRefusedOnceRedisHasSaidSoAndComeBackByThemselves() {
    LIMITS.setLimits(tenant, limits(PLENTY, 3));
    await().atMost(PATIENT).until(() -> LIMITS.heartbeats(tenant, "greedy", 1).isRefused());
    assertThat(LIMITS.heartbeats(tenant, "modest", 1).isRefused()).isFalse();
    assertThat(LIMITS.acquire(tenant, "greedy").isRefused()).as("another budget").isFalse();
    await().atMost(PATIENT).until(() -> !LIMITS.heartbeats(tenant, "greedy", 1).isRefused());
  }

  @Test
  void manyHeartbeatsOfACallCountAsMany() {
    LIMITS.setLimits(tenant, limits(10, 10));
    await().atMost(PATIENT).until(() -> LIMITS.heartbeats(tenant, "", 1_000).isRefused());
    assertThat(LIMITS.heartbeats(tenant, "", 1).refusedBy()).contains(Scope.TENANT);
  }

  /** Their refusal names when the second ends, not when Redis was asked. */
  @Test
  void aRefusedHeartbeatIsToldHowLongToWait() {
    LIMITS.setLimits(tenant, limits(1, 1));
    await().atMost(PATIENT).until(() -> LIMITS.heartbeats(tenant, "", 2).isRefused());
    assertThat(LIMITS.heartbeats(tenant, "", 1).untilNext())
        .isBetween(Duration.ofNanos(1), Duration.ofSeconds(1));
  }

  @Test
  void theLimitsThatAreSetLastHold() {
    LIMITS.setLimits(tenant, limits(1, 1));
    LIMITS.setLimits(tenant, limits(PLENTY, PLENTY));
    assertThat(IntStream.range(0, 50).mapToObj(i -> LIMITS.acquire(tenant, "alice")))
        .noneMatch(Admission::isRefused);
  }

  @Test
  void itIsSaidWhetherRedisHeldOtherLimitsOrNone() {
    assertThat(LIMITS.setLimits(tenant, limits(5, 2))).as("none").isTrue();
    assertThat(LIMITS.setLimits(tenant, limits(5, 2))).as("the same").isFalse();
    assertThat(LIMITS.setLimits(tenant, limits(6, 2))).as("another").isTrue();
    assertThat(LIMITS.setLimits(tenant, limits(6, 3))).as("another of a principal").isTrue();
    assertThat(LIMITS.setLimits(tenant, new Limits(new Rate(6, 3), new Rate(7, 3))))
        .as("another of heartbeats")
        .isTrue();
    LIMITS.forget(tenant);
    assertThat(LIMITS.setLimits(tenant, limits(6, 3))).as("none any more").isTrue();
  }

  @Test
  void ofAForgottenTenantNothingIsLeft() {
    LIMITS.setLimits(tenant, limits(5, 5));
    LIMITS.acquire(tenant, "alice");
    LIMITS.heartbeats(tenant, "alice", 1);
    await()
        .atMost(PATIENT)
        .until(
            () -> REDIS.ask("EXISTS rates:{" + tenant + "}:heartbeats:principals").contains("1"));
    LIMITS.forget(tenant);
    assertThat(REDIS.ask("KEYS rates:{" + tenant + "}*")).isEqualTo("*0\r\n");
  }

  @Test
  void redisDoesNotLearnWhoAPrincipalIs() {
    LIMITS.setLimits(tenant, limits(5, 5));
    LIMITS.acquire(tenant, "https://issuer.example alice@example.com");
    assertThat(REDIS.ask("HGETALL rates:{" + tenant + "}:acquires:principals"))
        .startsWith("*2")
        .doesNotContain("alice");
  }

  /** What one second's callers left is gone with the next one's first. */
  @Test
  void principalsOfAnEarlierSecondAreForgotten() {
    LIMITS.setLimits(tenant, limits(PLENTY, 5));
    IntStream.range(0, 20).forEach(i -> LIMITS.acquire(tenant, "caller " + i));
    await()
        .atMost(PATIENT)
        .until(
            () -> {
              LIMITS.acquire(tenant, "alice");
              return REDIS.ask("HLEN rates:{" + tenant + "}:acquires:principals").equals(":1\r\n");
            });
  }

  @Test
  void aLimiterThatIsAwayTurnsNobodyOut() {
    try (var away = RedisRateLimits.connect("redis://127.0.0.1:1")) {
      assertThat(away.acquire(tenant, "alice")).isEqualTo(Admission.UNCOUNTED);
      assertThat(IntStream.range(0, 100).mapToObj(i -> away.heartbeats(tenant, "alice", 1_000)))
          .containsOnly(Admission.UNCOUNTED);
    }
  }

  @Test
  void limitsBesideAnIndexHoldOnItsConnection() {
    try (var index = RedisSeatIndex.connect(REDIS.uri(), PATIENT);
        var beside = RedisRateLimits.beside(index)) {
      beside.setLimits(tenant, limits(1, 1));
      await()
          .atMost(PATIENT)
          .until(() -> Stream.of(1, 2, 3).anyMatch(i -> beside.acquire(tenant, "").isRefused()));
    }
  }
}
