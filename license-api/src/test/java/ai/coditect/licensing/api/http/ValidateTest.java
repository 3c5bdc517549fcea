package ai.coditect.licensing.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.api.fakes.Seats;
import ai.coditect.licensing.api.http.Recording.Answer;
import ai.coditect.licensing.api.signing.SeatSigner;
import ai.coditect.licensing.api.signing.TestLeaves;
import ai.coditect.licensing.stores.ledger.EndReason;
import ai.coditect.licensing.stores.ledger.Seat;
import ai.coditect.licensing.stores.ledger.SessionStanding;
import ai.coditect.licensing.tokens.SeatToken;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whether a seat is held now. */
class ValidateTest {

  private static final String VALIDATE = "/api/v1/licenses/validate";
  private static final Clock CLOCK = Clock.systemUTC();

  @RegisterExtension static final ServedApi served = new ServedApi();

  private static final TestApi api = served.api;

  private final Recording recording = served.recording();

  @Test
  void aHeldSeatIsValidByItsTokenAndByItsSession() {
    Seat seat = held(Instant.now());

    for (Answer answer :
        new Answer[] {
          recording.validateToken(token(seat)),
          recording.validateSession(seat.sessionId().toString())
        }) {
      assertThat(answer.json().get("valid").asBoolean()).isTrue();
      assertThat(answer.text("session_id")).isEqualTo(seat.sessionId().toString());
      assertThat(answer.text("pool")).isEqualTo("cad");
      assertThat(answer.json().get("expires_in_seconds").asInt()).isBetween(356, 358);
    }
  }

  @ParameterizedTest
  @EnumSource(EndReason.class)
  void aTokenThatStillVerifiesIsRefusedOnceItsSeatHasEnded(EndReason how) {
    Seat seat = held(Instant.now());
    String token = token(seat);
    api.ledger.standings.put(seat.sessionId(), new SessionStanding.Ended(how));

    assertInvalid(
        recording.validateToken(token),
        switch (how) {
          case RELEASED -> "released";
          case SUPERSEDED -> "generation-superseded";
          case LEASE_ENDED -> "lease-ended";
          case REMOVED -> "removed";
          case FORCED -> "forced";
        });
  }

  @Test
  void aSupersededSessionIsRefused() {
    Seat seat = held(Instant.now());
    api.ledger.standings.put(seat.sessionId(), new SessionStanding.Superseded());

    assertInvalid(recording.validateToken(token(seat)), "generation-superseded");
  }

  @Test
  void anUnknownSessionIsRefused() {
    assertInvalid(recording.validateSession(UUID.randomUUID().toString()), "unknown-session");
  }

  @Test
  void aTokenThatHasEndedIsRefusedThoughItsSessionWentOn() {
    Seat old = Seats.seat("holder", Instant.now().minusSeconds(600), Seats.LEASE);
    api.ledger.standings.put(old.sessionId(), new SessionStanding.Held(old));

    assertInvalid(recording.validateToken(token(old)), "token-expired");
  }

  @Test
  void aTokenOfTomorrowIsRefused() {
    Seat early = held(Instant.now().plus(Duration.ofHours(1)));

    assertInvalid(recording.validateToken(token(early)), "token-not-yet-valid");
  }

  @Test
  void aTokenWhoseKeyNobodyCertifiedIsRefused() {
    Seat seat = held(Instant.now());
    TestApi other = new TestApi();

    String foreign = signed(other, seat);

    assertInvalid(recording.validateToken(foreign), "token-not-genuine");
  }

  @Test
  void aTokenThatAnotherPodSignedIsReadAfterItsStatement() {
    Seat seat = held(Instant.now());
    var otherPod = new SeatSigner("acme", TestLeaves.certified("acme", api.ledger, CLOCK), CLOCK);

    assertThat(
            recording
                .validateToken(otherPod.sign(seat).orElseThrow().token())
                .json()
                .get("valid")
                .asBoolean())
        .isTrue();
  }

  @Test
  void whereNobodyCanTellWhetherATokenIsGenuineNobodyDoes() {
    Seat seat = held(Instant.now());
    var otherPod = new SeatSigner("acme", TestLeaves.certified("acme", api.ledger, CLOCK), CLOCK);
    api.ledger.away = true;

    assertThat(recording.validateToken(otherPod.sign(seat).orElseThrow().token()).problem())
        .isEqualTo("ledger-unavailable");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x",
        "...",
        "a.b.c",
        "eyJhbGciOm51bGx9.e30.e30",
        "eyJhbGciOiJub25lIn0.e30.",
        "eyJhbGciOiJFUzI1NiIsImtpZCI6bnVsbH0.e30.AA",
      })
  void whatIsNoTokenIsNotGenuine(String text) {
    assertInvalid(recording.validateToken(text), "token-not-genuine");
  }

  @Test
  void aTokenWithAnotherClaimIsNotGenuine() {
    String[] parts = token(held(Instant.now())).split("\\.", -1);
    String[] others = token(held(Instant.now())).split("\\.", -1);

    assertInvalid(
        recording.validateToken(parts[0] + "." + others[1] + "." + parts[2]), "token-not-genuine");
  }

  @Test
  void theMachineMustBeTheOneThatHoldsTheSeat() {
    Seat seat = held(Instant.now());
    String form = "{\"session_id\":\"%s\",\"hardware_id\":\"%s\"}";

    assertThat(
            recording
                .post(VALIDATE, form.formatted(seat.sessionId(), "alice"))
                .json()
                .get("valid")
                .asBoolean())
        .isTrue();
    assertInvalid(
        recording.post(VALIDATE, form.formatted(seat.sessionId(), "mallory")), "other-hardware");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|''|must have either signed_token or session_id",
        "{\"signed_token\":\"a\",\"session_id\":\"5f0c6a0a-31c1-4c39-9c53-6f4b4a3f9f10\"}|''|must"
            + " have either signed_token or session_id",
        "{\"signed_token\":7}|/signed_token|must be a string, but is a number",
        "{\"signed_token\":\"\"}|/signed_token|must be 1 to 32768 characters long, but is 0",
        "{\"session_id\":null}|/session_id|must be a string, but is a null",
        "{\"session_id\":\"x\"}|/session_id|must be a UUID",
        "{\"signed_token\":\"a\",\"hardware_id\":[]}|/hardware_id|must be a string, but is an array",
      })
  void whatIsWrongIsNamedByItsPointer(String body, String pointer, String detail) {
    Answer answer = recording.post(VALIDATE, body);

    assertThat(answer.problem()).isEqualTo("invalid-request");
    assertThat(answer.json().at("/errors/0/pointer").asText()).isEqualTo(pointer);
    assertThat(answer.json().at("/errors/0/detail").asText()).isEqualTo(detail);
  }

  @Test
  void aLedgerThatIsAwayIsSaid() {
    api.ledger.away = true;

    assertThat(recording.validateSession(UUID.randomUUID().toString()).problem())
        .isEqualTo("ledger-unavailable");
  }

  private static Seat held(Instant grantedAt) {
    Seat made = Seats.seat("holder", grantedAt, Seats.LEASE);
    Seat seat =
        new Seat(
            made.sessionId(),
            made.poolId(),
            made.product(),
            made.entitlements(),
            made.slot(),
            made.slotGeneration(),
            made.holder(),
            SeatToken.hardwareHashOf("alice"),
            made.grantedAt(),
            made.leaseUntil(),
            made.borrowedUntil(),
            made.licenseEnd(),
            made.lease());
    api.ledger.standings.put(seat.sessionId(), new SessionStanding.Held(seat));
    return seat;
  }

  private static String token(Seat seat) {
    return signed(api, seat);
  }

  private static String signed(TestApi by, Seat seat) {
    return new SeatSigner("acme", by.leaves, CLOCK).sign(seat).orElseThrow().token();
  }

  private static void assertInvalid(Answer answer, String reason) {
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().get("valid").asBoolean()).isFalse();
    assertThat(answer.text("reason")).isEqualTo(reason);
  }
}
