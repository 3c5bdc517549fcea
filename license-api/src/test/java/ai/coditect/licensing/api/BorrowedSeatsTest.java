package ai.coditect.licensing.api;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.api.http.Recording;
import ai.coditect.licensing.api.http.Recording.Answer;
import ai.coditect.licensing.kmsstandin.Rpc;
import ai.coditect.licensing.stores.ledger.BorrowTerms;
import ai.coditect.licensing.tokens.Reason;
import ai.coditect.licensing.tokens.RevocationList;
import ai.coditect.licensing.tokens.RevocationVerdict;
import ai.coditect.licensing.tokens.SeatVerifier;
import ai.coditect.licensing.tokens.Verdict;
import io.grpc.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Seats that are borrowed from two instances of the API, on real stores. */
@Tag("system")
class BorrowedSeatsTest {

  private static final BorrowTerms TERMS = new BorrowTerms(2, 14, 0);
  private static final Duration SOON = Duration.ofSeconds(20);

  private static Installation installation;
  private static TwoInstances instances;
  private static Recording one;
  private static Recording two;

  private final String pool = "pool-" + UUID.randomUUID().toString().substring(0, 8);

  @BeforeAll
  static void start() {
    installation = Installation.shared(true);
    instances = TwoInstances.of(installation);
    one = instances.one;
    two = instances.two;
  }

  @AfterAll
  static void stop() {
    instances.close();
  }

  @Test
  void aBorrowedSeatIsProvedByTheRootAloneToItsEnd() {
    String key = installation.putLender(pool, 3, TERMS);

    Answer borrowed = one.borrow(key, "alice", 7);

    assertThat(borrowed.status()).isEqualTo(200);
    Instant end = Instant.parse(borrowed.text("expires_at"));
    assertThat(Duration.between(Instant.now(), end))
        .isBetween(Duration.ofDays(7).minusMinutes(2), Duration.ofDays(7));
    assertThat(verdict(borrowed, end.minusSeconds(1))).isInstanceOf(Verdict.Valid.class);
    assertThat(reason(verdict(borrowed, end))).isEqualTo(Reason.EXPIRED);
    assertThat(borrowed.json().has("key_statement")).isFalse();
    assertThat(two.validateToken(borrowed.text("signed_token")).json().get("valid").asBoolean())
        .isTrue();
  }

  @Test
  void nobodyElseGetsABorrowedSeatThoughNoHeartbeatComes() {
    String key = installation.putLender(pool, 1, TERMS);
    one.borrow(key, "alice", 7);

    assertThat(two.acquire(key, "bob").problem()).isEqualTo("pool-exhausted");
    assertThat(two.acquire(key, "bob").json().get("earliest_free_in_seconds").asLong())
        .isGreaterThan(Duration.ofDays(6).toSeconds());
  }

  @Test
  void aProgramThatHoldsTheSeatGoesOnAndItsReleaseLeavesIt() {
    String key = installation.putLender(pool, 1, TERMS);
    String session = one.acquire(key, "alice").text("session_id");
    Answer borrowed = two.borrow(key, "alice", 7);
    assertThat(borrowed.text("session_id")).isEqualTo(session);

    assertThat(one.heartbeat(session).status()).isEqualTo(200);
    Answer again = one.acquire(key, "alice");
    assertThat(again.text("session_id")).isEqualTo(session);
    assertThat(Instant.parse(again.text("borrowed_until")))
        .isAfter(Instant.parse(borrowed.text("expires_at")));
    assertThat(two.release(session).text("status")).isEqualTo("borrowed");

    assertThat(verdict(borrowed, Instant.now())).isInstanceOf(Verdict.Valid.class);
    assertThat(refusalByList(borrowed)).isNull();
    assertThat(installation.inUse(pool)).isEqualTo(1);
  }

  @Test
  void whatIsReturnedByItsTokenIsFreeAtOnceAndRefusedByTheListToItsEnd() {
    String key = installation.putLender(pool, 1, TERMS);
    Answer borrowed = one.borrow(key, "alice", 7);
    Recording holder = two.bearing(borrowed.text("signed_token"));

    assertThat(holder.giveBack(borrowed.text("session_id")).text("status")).isEqualTo("returned");

    assertThat(one.validateToken(borrowed.text("signed_token")).text("reason"))
        .isEqualTo("released");
    Awaitility.await().atMost(SOON).until(() -> refusalByList(borrowed) == Reason.REVOKED);
    assertThat(holder.giveBack(borrowed.text("session_id")).text("status")).isEqualTo("returned");
    Awaitility.await().atMost(SOON).until(() -> one.acquire(key, "bob").status() == 200);
  }

  @Test
  void aTokenOfAnotherSessionReturnsNothing() {
    String key = installation.putLender(pool, 2, TERMS);
    Answer alice = one.borrow(key, "alice", 7);
    Answer bob = one.borrow(key, "bob", 7);

    Answer refused = one.bearing(bob.text("signed_token")).giveBack(alice.text("session_id"));

    assertThat(refused.problem()).isEqualTo("unknown-session");
    assertThat(installation.inUse(pool)).isEqualTo(2);
  }

  @Test
  void aRetryUnderItsKeyGetsTheSameSeatAndEnd() {
    String key = installation.putLender(pool, 3, TERMS);
    Answer first = one.borrow(key, "alice", 7, "k-1" + pool);
    Answer retry = two.borrow(key, "alice", 7, "k-1" + pool);

    assertThat(retry.text("session_id")).isEqualTo(first.text("session_id"));
    assertThat(retry.text("expires_at")).isEqualTo(first.text("expires_at"));
    assertThat(one.borrow(key, "alice", 8, "k-1" + pool).problem())
        .isEqualTo("idempotency-key-reused");
  }

  @Test
  void racingBorrowersGetWhatThePoolLends() throws Exception {
    String key = installation.putLender(pool, 20, TERMS);
    List<Callable<Answer>> calls =
        java.util.stream.IntStream.range(0, 8)
            .<Callable<Answer>>mapToObj(
                i -> () -> (i % 2 == 0 ? one : two).borrow(key, "machine-" + i, 1))
            .toList();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Integer> statuses =
          threads.invokeAll(calls).stream().map(call -> call.resultNow().status()).toList();

      assertThat(statuses).filteredOn(status -> status == 200).hasSize(TERMS.maxSeats());
      assertThat(statuses).filteredOn(status -> status == 409).hasSize(8 - TERMS.maxSeats());
    }
    assertThat(installation.inUse(pool)).isEqualTo(TERMS.maxSeats());
  }

  @Test
  void whileTheRootCannotSignNothingIsLentAndSeatsFlow() {
    String key = installation.putLender(pool, 1, TERMS);
    installation.kms.faults().fail(Rpc.ASYMMETRIC_SIGN, Status.Code.UNAVAILABLE, 1_000);
    try {
      assertThat(one.borrow(key, "alice", 7).problem()).isEqualTo("signing-unavailable");
      assertThat(installation.inUse(pool)).isZero();
      Awaitility.await().atMost(SOON).until(() -> one.acquire(key, "bob").status() == 200);
    } finally {
      installation.kms.faults().clear();
    }
  }

  private static Verdict verdict(Answer borrowed, Instant now) {
    return verifier().verifyBorrowed(borrowed.text("signed_token"), now);
  }

  /** Null where the token is good. */
  private static Reason refusalByList(Answer borrowed) {
    Answer list = two.get("/api/v1/revocations");
    RevocationVerdict verified =
        verifier()
            .verifyRevocations(
                list.text("revocation_list"), list.text("key_statement"), 0, Instant.now());
    RevocationList revocations = ((RevocationVerdict.Valid) verified).list();
    return reason(
        verifier()
            .withRevocations(revocations)
            .verifyBorrowed(borrowed.text("signed_token"), Instant.now()));
  }

  private static Reason reason(Verdict verdict) {
    return verdict instanceof Verdict.Invalid invalid ? invalid.reason() : null;
  }

  private static SeatVerifier verifier() {
    return SeatVerifier.pinnedTo(List.of(installation.root())).forTenant(installation.tenant);
  }
}
