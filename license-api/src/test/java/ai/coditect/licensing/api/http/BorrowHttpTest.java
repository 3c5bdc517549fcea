package ai.coditect.licensing.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.api.fakes.Seats;
import ai.coditect.licensing.api.http.Recording.Answer;
import ai.coditect.licensing.api.seats.Applicant;
import ai.coditect.licensing.stores.keys.KeysUnavailableException;
import ai.coditect.licensing.stores.ledger.BorrowOutcome;
import ai.coditect.licensing.stores.ledger.BorrowWish;
import ai.coditect.licensing.stores.ledger.GrantOutcome;
import ai.coditect.licensing.stores.ledger.ReleaseOutcome;
import ai.coditect.licensing.stores.ledger.Seat;
import ai.coditect.licensing.stores.seats.SeatIndex.Choice;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Borrow and return over the wire. */
class BorrowHttpTest {

  private static final String BORROW = "/api/v1/licenses/borrow";

  @RegisterExtension static final ServedApi served = new ServedApi();

  private static final TestApi api = served.api;

  private final Recording recording = served.recording();
  private final String key = UUID.randomUUID().toString();

  @Test
  void borrowAnswersATokenWithoutAStatement() {
    Seat seat = setAside();
    api.ledger.borrows.add(new BorrowOutcome.Borrowed(seat));

    Answer answer = recording.borrow(key, "alice", 7);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text("session_id")).isEqualTo(seat.sessionId().toString());
    assertThat(answer.text("signed_token").split("\\.")).hasSize(3);
    assertThat(answer.json().has("key_statement")).isFalse();
    assertThat(answer.json().has("heartbeat_after_seconds")).isFalse();
    assertThat(answer.json().get("expires_in_seconds").asLong())
        .isBetween(7 * 86_400L - 4, 7 * 86_400L - 2);
    assertThat(api.meters.get("license.seat.borrows").counter().count()).isPositive();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"''|", "null|", "1|1", "30|30", "7.0|7", "1e1|10"})
  void daysMayBeLeftOut(String days, Integer wished) {
    refusing(new GrantOutcome.BorrowLimitReached());

    recording.post(BORROW, body(days));

    assertThat(api.ledger.requests.getLast().borrow())
        .contains(new BorrowWish(wished == null ? OptionalInt.empty() : OptionalInt.of(wished)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0|must be a whole number from 1 to 30",
        "31|must be a whole number from 1 to 30",
        "-1|must be a whole number from 1 to 30",
        "1.5|must be a whole number from 1 to 30",
        "1e400|must be a whole number from 1 to 30",
        "99999999999999999999|must be a whole number from 1 to 30",
        "\"7\"|must be a number, but is a string",
        "true|must be a number, but is a boolean",
        "[7]|must be a number, but is an array",
      })
  void daysThatAreNoneAreInvalid(String days, String detail) {
    Answer answer = recording.post(BORROW, body(days));

    assertThat(answer.problem()).isEqualTo("invalid-request");
    assertThat(answer.json().at("/errors/0/pointer").asText()).isEqualTo("/days");
    assertThat(answer.json().at("/errors/0/detail").asText()).isEqualTo(detail);
  }

  @Test
  void thePoolsTermsAreProblemsOfTheirOwn() {
    refusing(new GrantOutcome.BorrowNotOffered());
    assertRefused(403, "borrow-not-offered");
    refusing(new GrantOutcome.BorrowLimitReached());
    assertRefused(409, "borrow-limit");
    refusing(new GrantOutcome.BorrowTooLong(14));
    assertThat(assertRefused(422, "borrow-too-long").text("detail")).contains("14 days at most");
    refusing(new GrantOutcome.PoolFull(Duration.ofDays(5)));
    assertThat(assertRefused(409, "pool-exhausted").header("Retry-After")).isEqualTo("432000");
    assertThat(api.denials).anyMatch(denial -> denial.startsWith("cad borrow-limit "));
  }

  @Test
  void withoutTheKeyManagementServiceItIsUnavailable() {
    setAside();
    api.roots.failure = Optional.of(() -> new KeysUnavailableException("away", null));
    try {
      assertRefused(503, "signing-unavailable");
    } finally {
      api.roots.failure = Optional.empty();
    }
  }

  @Test
  void borrowTellsTheEndOfTheLicence() {
    Instant end = Instant.parse("2030-12-31T23:59:59Z");
    Seat seat = Seats.ofLicenseUntil(lendable(), end);
    refusing(new GrantOutcome.Granted(seat));
    api.ledger.borrows.add(new BorrowOutcome.Borrowed(seat));

    assertThat(recording.borrow(key, "alice", 7).text("license_expires_at"))
        .isEqualTo(end.toString());
  }

  @Test
  void returnAnswersReturned() {
    UUID session = UUID.randomUUID();
    api.ledger.releases.put(session, new ReleaseOutcome.Released("cad", 1, 2));

    assertThat(recording.giveBack(session.toString()).raw().body())
        .isEqualTo("{\"status\":\"returned\"}");
    assertThat(api.ledger.givenBack).contains(session);
  }

  @Test
  void returnOfAnUnknownSessionIsNotFound() {
    assertThat(recording.giveBack(UUID.randomUUID().toString()).problem())
        .isEqualTo("unknown-session");
  }

  @Test
  void releaseOfABorrowedSeatSaysThatItStays() {
    UUID session = UUID.randomUUID();
    api.ledger.releases.put(session, new ReleaseOutcome.StillBorrowed(Instant.now()));

    assertThat(recording.release(session.toString()).raw().body())
        .isEqualTo("{\"status\":\"borrowed\"}");
  }

  @Test
  void whoeverSharesABorrowedSeatIsToldItsEnd() {
    Seat seat = setAside();

    Answer answer = recording.acquire(key, "alice");

    assertThat(Duration.between(Instant.now(), Instant.parse(answer.text("borrowed_until"))))
        .isBetween(Duration.ofDays(6), Duration.ofDays(7));
    assertThat(answer.text("session_id")).isEqualTo(seat.sessionId().toString());
  }

  private Answer assertRefused(int status, String problem) {
    Answer answer = recording.borrow(key, "alice", 30);
    assertThat(answer.problem()).isEqualTo(problem);
    assertThat(answer.status()).isEqualTo(status);
    return answer;
  }

  private String body(String days) {
    String member = days.isEmpty() ? "" : ",\"days\":" + days;
    return "{\"license_key\":\"%s\",\"hardware_id\":\"alice\"%s}".formatted(key, member);
  }

  private Seat setAside() {
    Seat seat = lendable();
    refusing(new GrantOutcome.Granted(seat));
    return seat;
  }

  private Seat lendable() {
    return Seats.borrowedUntil(
        Seats.seat(Applicant.of("acme", key, "alice", "").holder(), Instant.now(), Seats.LEASE),
        Instant.now().plus(Duration.ofDays(7)));
  }

  private void refusing(GrantOutcome outcome) {
    api.ledger.poolsByKey.put(
        Applicant.of("acme", key, "a", "").licenseKeySha256Hex(), Seats.pool(false));
    api.index.choices.add(new Choice.Away());
    api.ledger.grants.add(outcome);
  }
}
