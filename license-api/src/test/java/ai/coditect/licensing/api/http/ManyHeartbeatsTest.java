package ai.coditect.licensing.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.api.fakes.Seats;
import ai.coditect.licensing.api.http.Recording.Answer;
import ai.coditect.licensing.stores.ledger.EndReason;
import ai.coditect.licensing.stores.ledger.RenewOutcome;
import ai.coditect.licensing.stores.ledger.Seat;
import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Heartbeats of a node's sessions in one call. */
class ManyHeartbeatsTest {

  private static final String HEARTBEATS = "/api/v1/licenses/heartbeats";
  private static final String ID = "{\"session_id\":\"5f0c6a0a-31c1-4c39-9c53-6f4b4a3f9f10\"}";

  private static final String TOO_MANY_MEMBERS =
      "must have 64 members at most, those of inner objects counted too";

  @RegisterExtension static final ServedApi served = new ServedApi();

  private static final TestApi api = served.api;

  private final Recording recording = served.recording();

  @Test
  void eachIsAnsweredInItsPlace() {
    String kept = renewed();
    String ended = UUID.randomUUID().toString();
    api.ledger.renewals.put(UUID.fromString(ended), new RenewOutcome.Ended(EndReason.LEASE_ENDED));

    JsonNode results = recording.heartbeats(List.of(ended, kept, kept)).json();

    assertThat(results.findValuesAsText("session_id")).containsExactly(ended, kept, kept);
    assertThat(results.at("/0/status").asText()).isEqualTo("refused");
    assertThat(results.at("/0/problem/type").asText())
        .isEqualTo("urn:coditect:licensing:problem:lease-ended");
    assertThat(results.at("/0/problem/status").asInt()).isEqualTo(410);
    assertThat(results.at("/1/status").asText()).isEqualTo("ok");
    assertThat(results.at("/1/signed_token").asText().split("\\.")).hasSize(3);
    assertThat(results.at("/2/status").asText()).isEqualTo("ok");
  }

  @Test
  void theEndOfTheLicenceIsTold() {
    Instant end = Instant.parse("2030-12-31T23:59:59Z");
    Seat seat = Seats.ofLicenseUntil(Seats.seat("holder", Instant.now(), Seats.LEASE), end);
    api.ledger.renewals.put(seat.sessionId(), new RenewOutcome.Renewed(seat));

    JsonNode results = recording.heartbeats(List.of(seat.sessionId().toString(), renewed())).json();

    assertThat(results.at("/0/license_expires_at").asText()).isEqualTo(end.toString());
    assertThat(results.at("/1").has("license_expires_at")).isFalse();
  }

  @Test
  void aSessionMayBeNamedInCapitalsAndIsAnsweredInSmallLetters() {
    String session = renewed();

    JsonNode results = recording.heartbeats(List.of(session.toUpperCase(Locale.ROOT))).json();

    assertThat(results.at("/0/status").asText()).isEqualTo("ok");
    assertThat(results.at("/0/session_id").asText()).isEqualTo(session);
  }

  @Test
  void aThousandAreAnsweredAndOneMoreIsNot() {
    List<String> thousand = new ArrayList<>(Collections.nCopies(999, renewed()));
    thousand.add(UUID.randomUUID().toString());

    Answer answer = recording.heartbeats(thousand);

    assertThat(answer.json()).hasSize(1_000);
    assertThat(answer.json().at("/999/problem/type").asText()).endsWith(":unknown-session");
    thousand.add(UUID.randomUUID().toString());
    assertWrong(recording.heartbeats(thousand), "", "must have 1 to 1000 entries, but has 1001");
  }

  @Test
  void aLedgerThatIsAwayIsSaidOnce() {
    api.ledger.away = true;

    Answer answer = recording.heartbeats(List.of(UUID.randomUUID().toString()));

    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.problem()).isEqualTo("ledger-unavailable");
    assertThat(answer.header("Retry-After")).isEqualTo("2");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|''|must be an array, but is an object",
        "7|''|must be an array, but is a number",
        "[]|''|must have 1 to 1000 entries, but has 0",
        "[" + ID + ",7]|/1|must be an object, but is a number",
        "[" + ID + ",[[{}]]]|/1|must be an object, but is an array",
        "[{}]|/0/session_id|is missing",
        "["
            + ID
            + ","
            + ID
            + ","
            + ID
            + ",{\"session_id\":{\"a\":[1]}}]|/3/session_id|must be a"
            + " string, but is an object",
        "[{\"session_id\":null}]|/0/session_id|must be a string, but is a null",
        "[{\"session_id\":\"1-2\"}]|/0/session_id|must be a UUID",
      })
  void whatIsWrongIsNamedByItsPointer(String body, String pointer, String detail) {
    assertWrong(recording.post(HEARTBEATS, body), pointer, detail);
  }

  @Test
  void everythingThatIsWrongIsNamedAtOnce() {
    Answer answer = recording.post(HEARTBEATS, "[{}," + ID + ",{\"session_id\":1}]");

    assertThat(answer.json().get("errors").findValuesAsText("pointer"))
        .containsExactly("/0/session_id", "/2/session_id");
  }

  @Test
  void unknownMembersAreIgnored() {
    String body =
        "[{\"a\":{\"session_id\":[{}]},\"session_id\":\"%s\",\"b\":1e999}]".formatted(renewed());

    assertThat(recording.post(HEARTBEATS, body).json().at("/0/status").asText()).isEqualTo("ok");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "[",
        "[" + ID,
        "[" + ID + ",]",
        "[" + ID + "]x",
        "[" + ID + "][]",
        "[{\"session_id\":NaN}]",
        "[{\"a\":1,\"a\":2}]",
        "[{\"session_id\":\"x\",\"session_id\":\"y\"}]",
      })
  void whatIsNotJsonIsMalformed(String body) {
    assertMalformed(recording.post(HEARTBEATS, body));
  }

  @Test
  void nestingWithoutEndIsMalformed() {
    assertMalformed(recording.post(HEARTBEATS, "[".repeat(500_000)));
    assertMalformed(recording.post(HEARTBEATS, "[{\"x\":" + "[".repeat(500_000)));
  }

  @ParameterizedTest
  @ValueSource(ints = {0xff, 0xfe, 0xc3})
  void whatIsNotInUtf8IsMalformed(int wrong) {
    byte[] body = "[{\"x\":\"?\"}]".getBytes(StandardCharsets.US_ASCII);
    body[7] = (byte) wrong;

    assertMalformed(
        recording.send(
            recording
                .request(HEARTBEATS)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(body))));
  }

  @Test
  void aMegabyteIsReadAndMoreIsTooLarge() {
    String filling = "y".repeat(1024 * 1024 - ID.length() - "[,{\"x\":\"\"}]".length());
    assertWrong(
        recording.post(HEARTBEATS, "[" + ID + ",{\"x\":\"" + filling + "\"}]"),
        "/1/session_id",
        "is missing");

    Answer answer = recording.post(HEARTBEATS, "[" + ID + ",{\"x\":\"" + filling + "y\"}]");

    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.problem()).isEqualTo("body-too-large");
  }

  @Test
  void hundredsOfThousandsOfObjectsAreCountedAndNotKept() {
    assertWrong(
        recording.post(HEARTBEATS, "[" + "{},".repeat(300_000) + "{}]"),
        "/0/session_id",
        "is missing");
  }

  @Test
  void anEntryMayHaveSomeUnknownMembersAndNoMore() {
    String entry = "{\"session_id\":\"" + renewed() + "\"," + members(63) + "}";
    assertThat(recording.post(HEARTBEATS, "[" + entry + "]").json().at("/0/status").asText())
        .isEqualTo("ok");

    String more = entry.replace("{", "{\"x\":1,");

    assertWrong(recording.post(HEARTBEATS, "[" + entry + "," + more + "]"), "/1", TOO_MANY_MEMBERS);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[" + ID + ",{%s}]|/1",
        "[" + ID + ",{\"x\":{%s}}]|/1",
        "[[1,{\"x\":[{%s}]}]]|/0",
        "{\"x\":{%s}}|''",
      })
  void aHundredThousandMembersAreNotReadToTheirEnd(String form, String pointer) {
    assertWrong(
        recording.post(HEARTBEATS, form.formatted(members(100_000))), pointer, TOO_MANY_MEMBERS);
  }

  @Test
  void anEntryBeyondTheLastOneIsBoundedToo() {
    String body = "[" + "{},".repeat(1_000) + "{" + members(65) + "}]";

    assertWrong(recording.post(HEARTBEATS, body), "/1000", TOO_MANY_MEMBERS);
  }

  @Test
  void aNameAsLongAsABodyIsMalformed() {
    assertMalformed(recording.post(HEARTBEATS, "[{\"" + "x".repeat(257) + "\":1}]"));
    assertMalformed(recording.post(HEARTBEATS, "[{\"" + "x".repeat(1_000_000) + "\":1}]"));
  }

  @Test
  void aTextAsLongAsABodyIsMalformed() {
    String text = "x".repeat(1_000_000);

    assertMalformed(recording.post(HEARTBEATS, "[{\"session_id\":\"" + text + "\"}]"));
  }

  private static String members(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "\"%x\":1".formatted(i))
        .collect(Collectors.joining(","));
  }

  private static String renewed() {
    Seat seat = Seats.seat("holder", Instant.now(), Seats.LEASE);
    api.ledger.renewals.put(seat.sessionId(), new RenewOutcome.Renewed(seat));
    return seat.sessionId().toString();
  }

  private static void assertWrong(Answer answer, String pointer, String detail) {
    assertThat(answer.problem()).isEqualTo("invalid-request");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().at("/errors/0/pointer").asText()).isEqualTo(pointer);
    assertThat(answer.json().at("/errors/0/detail").asText()).isEqualTo(detail);
  }

  private static void assertMalformed(Answer answer) {
    assertThat(answer.problem()).isEqualTo("malformed-json");
    assertThat(answer.status()).isEqualTo(400);
  }
}
