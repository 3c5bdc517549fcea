package ai.coditect.licensing.api;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.api.http.Recording;
import ai.coditect.licensing.api.http.Recording.Answer;
import ai.coditect.licensing.tokens.Reason;
import ai.coditect.licensing.tokens.RevocationList;
import ai.coditect.licensing.tokens.RevocationVerdict;
import ai.coditect.licensing.tokens.SeatVerifier;
import ai.coditect.licensing.tokens.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What a verifier that has pinned the root says of a copy of a token, with the list that two
 * instances of the API hand out and without it.
 */
@Tag("system")
class RevocationsTest {

  private static final Duration LEASE = Duration.ofMinutes(6);

  /** A list is at most a second old. */
  private static final Duration SOON = Duration.ofSeconds(20);

  private static Installation installation;
  private static TwoInstances instances;
  private static Recording one;
  private static Recording two;

  private final String pool = "pool-" + UUID.randomUUID().toString().substring(0, 8);

  @BeforeAll
  static void start() {
    installation = Installation.shared(false);
    instances = TwoInstances.of(installation);
    one = instances.one;
    two = instances.two;
  }

  @AfterAll
  static void stop() {
    instances.close();
  }

  @Test
  void aCopyOfAReleasedSeatVerifiesWithoutTheListAndIsRefusedWithIt() {
    Answer copy = one.acquire(installation.putPool(pool, 1, LEASE), "alice");
    assertThat(refusal(copy, list(two))).isEmpty();

    one.release(copy.text("session_id"));

    assertThat(refusalWithoutList(copy)).isEmpty();
    awaitRefusal(copy, Reason.REVOKED);
  }

  @Test
  void aCopyOfASupersededSeatIsRefusedWithTheListAndTheNewTokenIsNot() {
    String key = installation.putPool(pool, 1, LEASE);
    Answer copy = one.acquire(key, "alice");

    Answer anew = two.acquire(key, "alice");

    assertThat(refusalWithoutList(copy)).isEmpty();
    awaitRefusal(copy, Reason.REVOKED);
    assertThat(refusal(anew, list(one))).isEmpty();
  }

  @Test
  void whoeverTakesAReleasedSeatIsNotRefusedForIt() {
    String key = installation.putPool(pool, 1, LEASE);
    Answer copy = one.acquire(key, "alice");
    one.release(copy.text("session_id"));

    Answer next = two.acquire(key, "bob");

    awaitRefusal(copy, Reason.REVOKED);
    assertThat(refusal(next, list(one))).isEmpty();
    assertThat(refusal(two.heartbeat(next.text("session_id")), list(two))).isEmpty();
  }

  @Test
  void theSequenceRisesWhicheverInstanceIsAskedAndAnOlderListIsRefused() {
    Answer old = list(one);
    RevocationList list = verified(old, 0);
    for (Recording api : List.of(two, one, two)) {
      long seen = list.sequence();
      list =
          Awaitility.await()
              .atMost(SOON)
              .until(() -> verified(list(api), 0), next -> next.sequence() > seen);
    }

    assertThat(verdict(old, list.sequence()))
        .isInstanceOfSatisfying(
            RevocationVerdict.Invalid.class,
            invalid -> assertThat(invalid.reason()).isEqualTo(Reason.LIST_ROLLED_BACK));
  }

  private static Answer list(Recording api) {
    Answer list = api.get("/api/v1/revocations");
    assertThat(list.status()).isEqualTo(200);
    return list;
  }

  private static void awaitRefusal(Answer copy, Reason reason) {
    for (Recording api : List.of(one, two)) {
      Awaitility.await()
          .atMost(SOON)
          .until(() -> refusal(copy, list(api)).equals(Optional.of(reason)));
    }
  }

  private static Optional<Reason> refusalWithoutList(Answer seat) {
    return refusal(verifier(), seat);
  }

  private static Optional<Reason> refusal(Answer seat, Answer list) {
    return refusal(verifier().withRevocations(verified(list, 0)), seat);
  }

  private static Optional<Reason> refusal(SeatVerifier verifier, Answer seat) {
    return switch (verifier.verify(
        seat.text("signed_token"), seat.text("key_statement"), Instant.now())) {
      case Verdict.Valid valid -> Optional.empty();
      case Verdict.Invalid(Reason reason, String detail) -> Optional.of(reason);
    };
  }

  private static RevocationList verified(Answer list, long seen) {
    assertThat(verdict(list, seen)).isInstanceOf(RevocationVerdict.Valid.class);
    RevocationList verified = ((RevocationVerdict.Valid) verdict(list, seen)).list();
    assertThat(list.json().get("sequence").longValue()).isEqualTo(verified.sequence());
    assertThat(list.text("expires_at")).isEqualTo(verified.expiresAt().toString());
    return verified;
  }

  private static RevocationVerdict verdict(Answer list, long seen) {
    return verifier()
        .verifyRevocations(
            list.text("revocation_list"), list.text("key_statement"), seen, Instant.now());
  }

  private static SeatVerifier verifier() {
    return SeatVerifier.pinnedTo(List.of(installation.root())).forTenant(installation.tenant);
  }
}
