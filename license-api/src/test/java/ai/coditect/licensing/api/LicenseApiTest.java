package ai.coditect.licensing.api;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.api.http.Recording;
import ai.coditect.licensing.api.http.Recording.Answer;
import ai.coditect.licensing.stores.ledger.Validity;
import ai.coditect.licensing.tokens.SeatToken;
import ai.coditect.licensing.tokens.SeatVerifier;
import ai.coditect.licensing.tokens.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Two instances of the API on real Postgres, with and without Redis, over HTTP. */
@ParameterizedClass(name = "with Redis: {0}")
@ValueSource(booleans = {true, false})
@Tag("system")
class LicenseApiTest {

  private static final Duration LEASE = Duration.ofMinutes(6);

  /** A change of state acts by then. */
  private static final Duration WITHIN = Duration.ofSeconds(10);

  private static Installation installation;
  private static TwoInstances instances;
  private static Recording one;
  private static Recording two;

  private final String pool;

  LicenseApiTest(boolean withRedis) {
    pool = (withRedis ? "quick-" : "plain-") + UUID.randomUUID().toString().substring(0, 8);
  }

  @BeforeParameterizedClassInvocation
  static void start(boolean withRedis) {
    installation = Installation.shared(withRedis);
    instances = TwoInstances.of(installation);
    one = instances.one;
    two = instances.two;
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    instances.close();
  }

  @Test
  void sixtyFourClientsAtOnceOnTenSeatsAreTenGrantedInAHundredRounds() throws Exception {
    String key = installation.putPool(pool, 10, LEASE);
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int round = 0; round < 100; round++) {
        List<Answer> answers =
            clients.invokeAll(acquires(key, round)).stream().map(Future::resultNow).toList();

        List<Answer> granted = answers.stream().filter(answer -> answer.status() == 200).toList();
        assertThat(granted).as("granted in round %d", round).hasSize(10);
        assertThat(answers.stream().filter(answer -> answer.status() != 200))
            .as("refused in round %d", round)
            .allSatisfy(answer -> assertThat(answer.problem()).isEqualTo("pool-exhausted"));
        assertThat(installation.inUse(pool)).isEqualTo(10);
        clients.invokeAll(releases(granted));
      }
    }
    assertThat(installation.inUse(pool)).isZero();
  }

  @Test
  void aTokenIsVerifiedWithoutANetworkByThePinnedRoot() {
    String key = installation.putPool(pool, 1, LEASE);

    Answer answer = one.acquire(key, "alice");

    Verdict verdict =
        SeatVerifier.pinnedTo(List.of(installation.root()))
            .forTenant(installation.tenant)
            .forProduct(pool + "-suite")
            .forHardware("alice")
            .verify(answer.text("signed_token"), answer.text("key_statement"), Instant.now());
    assertThat(verdict).isInstanceOf(Verdict.Valid.class);
    assertThat(((Verdict.Valid) verdict).token())
        .returns(answer.text("session_id"), SeatToken::subject)
        .returns(Instant.parse(answer.text("expires_at")), SeatToken::expiresAt);
  }

  @Test
  void anyInstanceKeepsAndReleasesASeatThatAnotherGranted() {
    String session = one.acquire(installation.putPool(pool, 1, LEASE), "alice").text("session_id");

    assertThat(two.heartbeat(session).text("status")).isEqualTo("ok");
    assertThat(two.release(session).text("status")).isEqualTo("released");
    assertThat(one.heartbeat(session).problem()).isEqualTo("lease-ended");
  }

  @Test
  void aReleasedSeatIsFreeAtOnceForTheOtherInstance() {
    String key = installation.putPool(pool, 1, LEASE);
    String session = one.acquire(key, "alice").text("session_id");
    assertThat(two.acquire(key, "bob").problem()).isEqualTo("pool-exhausted");
    one.release(session);

    Awaitility.await()
        .atMost(Duration.ofSeconds(1))
        .until(() -> two.acquire(key, "bob").status() == 200);
  }

  @Test
  void releasingTwiceIsAnsweredAlike() {
    String session = one.acquire(installation.putPool(pool, 1, LEASE), "alice").text("session_id");
    one.release(session);

    assertThat(one.release(session).status()).isEqualTo(200);
  }

  @Test
  void theSameHolderGetsItsOwnSeatAnewAndTheOldSessionIsFencedOff() {
    String key = installation.putPool(pool, 1, LEASE);
    String old = one.acquire(key, "alice").text("session_id");

    Answer again = two.acquire(key, "alice");

    assertThat(again.status()).isEqualTo(200);
    assertThat(one.heartbeat(old).problem()).isEqualTo("generation-superseded");
    assertThat(installation.inUse(pool)).isEqualTo(1);
  }

  @Test
  void severalInstancesOfOneMachineHoldASeatEach() {
    String key = installation.putPool(pool, 2, LEASE);

    for (String instance : List.of("a", "b")) {
      assertThat(
              one.post(
                      "/api/v1/licenses/acquire",
                      "{\"license_key\":\"%s\",\"hardware_id\":\"m\",\"instance\":\"%s\"}"
                          .formatted(key, instance))
                  .status())
          .isEqualTo(200);
    }
    assertThat(installation.inUse(pool)).isEqualTo(2);
  }

  @Test
  void aFullPoolSaysWhenItsFirstLeaseEnds() {
    String key = installation.putPool(pool, 1, LEASE);
    one.acquire(key, "alice");

    Answer refused = one.acquire(key, "bob");

    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.json().get("retry_after_seconds").asInt()).isBetween(300, 361);
  }

  @Test
  void aRaisedLimitActsWithinTwoSeconds() {
    String key = installation.putPool(pool, 1, LEASE);
    one.acquire(key, "alice");
    assertThat(one.acquire(key, "bob").problem()).isEqualTo("pool-exhausted");

    installation.putPool(pool, 2, LEASE);

    Awaitility.await()
        .atMost(Duration.ofSeconds(2))
        .until(() -> one.acquire(key, "bob").status() == 200);
  }

  @Test
  void anEndedLeaseIsGoneAndItsSeatIsTakenWithinASecond() {
    Duration lease = Duration.ofSeconds(4);
    String key = installation.putPool(pool, 1, lease);
    String crashed = one.acquire(key, "alice").text("session_id");
    Instant acquired = Instant.now();

    Awaitility.await()
        .pollInterval(Duration.ofMillis(100))
        .atMost(Duration.ofSeconds(10))
        .until(() -> two.acquire(key, "bob").status() == 200);

    assertThat(Duration.between(acquired, Instant.now())).isLessThan(lease.plusMillis(1_200));
    assertThat(one.heartbeat(crashed).problem()).isEqualTo("lease-ended");
  }

  @Test
  void aLicenceThatHasNotBegunGrantsNothingUntilItHas() {
    Instant begin = Instant.now().plusSeconds(5).truncatedTo(ChronoUnit.SECONDS);
    String key =
        installation.putPool(pool, 1, LEASE, validity(Optional.of(begin), Optional.empty()));
    assertThat(one.acquire(key, "alice").problem()).isEqualTo("licence-not-yet-valid");

    Awaitility.await().atMost(WITHIN).until(() -> one.acquire(key, "alice").status() == 200);
  }

  @Test
  void aLicenceThatIsEndedRefusesWhoeverHoldsASeatAndWhoeverWantsOne() {
    String key = installation.putPool(pool, 2, LEASE);
    String session = one.acquire(key, "alice").text("session_id");
    assertThat(one.heartbeat(session).status()).isEqualTo(200);

    Instant end = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    installation.putPool(pool, 2, LEASE, validity(Optional.empty(), Optional.of(end)));

    Awaitility.await()
        .atMost(WITHIN)
        .untilAsserted(
            () -> {
              assertThat(one.acquire(key, "bob").problem()).isEqualTo("licence-expired");
              assertThat(two.heartbeat(session).problem()).isEqualTo("licence-expired");
            });
    assertThat(installation.inUse(pool)).as("kept to the token's end").isEqualTo(1);
  }

  @Test
  void theEndOfTheLicenceIsToldByEachAnswerAboutASeat() {
    Instant end = Instant.now().plus(Duration.ofDays(5)).truncatedTo(ChronoUnit.SECONDS);
    String key = installation.putPool(pool, 2, LEASE, validity(Optional.empty(), Optional.of(end)));

    Answer acquired = one.acquire(key, "alice");
    String session = acquired.text("session_id");

    for (Answer answer : List.of(acquired, two.heartbeat(session), one.validateSession(session))) {
      assertThat(answer.text("license_expires_at")).isEqualTo(end.toString());
    }
    installation.putPool(pool, 2, LEASE);
    assertThat(two.heartbeat(session).json().has("license_expires_at")).as("renewed").isFalse();
  }

  @Test
  void aReplacedKeyOpensThePoolForAsLongAsItIsNotRevoked() {
    String old = installation.putPool(pool, 3, LEASE);
    String fresh = old + "-2";
    installation.putKeys(pool, fresh, old);
    Awaitility.await().atMost(WITHIN).until(() -> one.acquire(fresh, "bob").status() == 200);
    String session = one.acquire(old, "alice").text("session_id");

    installation.putKeys(pool, fresh);

    Awaitility.await()
        .atMost(WITHIN)
        .untilAsserted(
            () -> {
              assertThat(one.acquire(old, "carol").problem()).isEqualTo("unknown-key");
              assertThat(two.heartbeat(session).problem()).isEqualTo("unknown-key");
            });
    assertThat(two.acquire(fresh, "alice").status()).isEqualTo(200);
  }

  @Test
  void anUnknownKeyAndAnUnknownSessionAreRefused() {
    assertThat(one.acquire("lk_nothing", "alice").problem()).isEqualTo("unknown-key");
    assertThat(one.heartbeat(UUID.randomUUID().toString()).problem()).isEqualTo("unknown-session");
    assertThat(one.release(UUID.randomUUID().toString()).problem()).isEqualTo("unknown-session");
  }

  @Test
  void bothInstancesServeBothLeaves() {
    assertThat(one.get("/.well-known/jwks.json").json().get("keys")).hasSize(3);
    assertThat(two.get("/api/v1/keys/statements").json().get("statements")).hasSize(2);
  }

  private static Validity validity(Optional<Instant> notBefore, Optional<Instant> notAfter) {
    return new Validity(notBefore, notAfter, Duration.ZERO);
  }

  private static List<Callable<Answer>> acquires(String key, int round) {
    List<Callable<Answer>> calls = new ArrayList<>();
    for (int client = 0; client < 64; client++) {
      Recording api = client % 2 == 0 ? one : two;
      String hardwareId = round + "-" + client;
      calls.add(() -> api.acquire(key, hardwareId));
    }
    return calls;
  }

  private static List<Callable<Answer>> releases(List<Answer> granted) {
    List<Callable<Answer>> calls = new ArrayList<>();
    granted.forEach(answer -> calls.add(() -> one.release(answer.text("session_id"))));
    return calls;
  }
}
