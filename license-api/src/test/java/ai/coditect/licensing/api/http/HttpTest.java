package ai.coditect.licensing.api.http;

import static java.net.http.HttpRequest.BodyPublishers.noBody;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.api.fakes.Seats;
import ai.coditect.licensing.api.http.Recording.Answer;
import ai.coditect.licensing.api.seats.Applicant;
import ai.coditect.licensing.stores.ledger.EndReason;
import ai.coditect.licensing.stores.ledger.GrantOutcome;
import ai.coditect.licensing.stores.ledger.ReleaseOutcome;
import ai.coditect.licensing.stores.ledger.RenewOutcome;
import ai.coditect.licensing.stores.ledger.Seat;
import ai.coditect.licensing.stores.seats.SeatIndex.Choice;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes over the wire: forms, limits and errors. */
class HttpTest {

  private static final String ACQUIRE = "/api/v1/licenses/acquire";

  @RegisterExtension static final ServedApi served = new ServedApi();

  private static final TestApi api = served.api;

  private final Recording recording = served.recording();
  private final String key = UUID.randomUUID().toString();

  @Test
  void acquireAnswersTheSeat() {
    Seat seat = seatFor("alice");

    Answer answer = recording.acquire(key, "alice");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text("session_id")).isEqualTo(seat.sessionId().toString());
    assertThat(answer.text("pool")).isEqualTo("cad");
    assertThat(answer.text("product")).isEqualTo("cad-suite");
    assertThat(answer.json().get("entitlements").get(0).asText()).isEqualTo("export");
    assertThat(answer.json().get("expires_in_seconds").asLong()).isBetween(356L, 358L);
    assertThat(answer.json().get("heartbeat_after_seconds").asLong()).isEqualTo(120);
    assertThat(Instant.parse(answer.text("expires_at"))).isBefore(seat.leaseUntil());
    assertThat(answer.text("signed_token").split("\\.")).hasSize(3);
    assertThat(answer.text("key_statement").split("\\.")).hasSize(3);
  }

  @Test
  void heartbeatAnswersAFreshToken() {
    Seat seat = Seats.seat("holder", Instant.now(), Seats.LEASE);
    api.ledger.renewals.put(seat.sessionId(), new RenewOutcome.Renewed(seat));

    Answer answer = recording.heartbeat(seat.sessionId().toString());

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text("status")).isEqualTo("ok");
    assertThat(answer.text("signed_token")).isNotEmpty();
  }

  @Test
  void releaseAnswersReleased() {
    UUID session = UUID.randomUUID();
    api.ledger.releases.put(session, new ReleaseOutcome.Released("cad", 1, 2));

    assertThat(recording.release(session.toString()).raw().body())
        .isEqualTo("{\"status\":\"released\"}");
  }

  @Test
  void healthAnswersOkWithItsSlash() {
    assertThat(recording.get("/health/").raw().body()).isEqualTo("{\"status\":\"ok\"}");
  }

  @Test
  void anUnknownKeyIsForbidden() {
    assertProblem(recording.acquire("nope", "alice"), 403, "unknown-key");
  }

  @Test
  void aFullPoolIsAConflictThatSaysWhenToTryAgain() {
    api.ledger.poolsByKey.put(
        Applicant.of("acme", key, "a", "").licenseKeySha256Hex(), Seats.pool(false));
    api.index.choices.add(new Choice.Away());
    api.ledger.grants.add(new GrantOutcome.PoolFull(Duration.ofMillis(41_200)));

    Answer answer = recording.acquire(key, "alice");

    assertProblem(answer, 409, "pool-exhausted");
    assertThat(answer.header("Retry-After")).isEqualTo("42");
    assertThat(answer.json().get("retry_after_seconds").asInt()).isEqualTo(42);
    assertThat(answer.json().get("earliest_free_in_seconds").asInt()).isEqualTo(42);
    assertThat(Instant.parse(answer.text("earliest_free_at")))
        .isBetween(Instant.now().plusSeconds(38), Instant.now().plusSeconds(43));
  }

  @Test
  void aPoolWithoutSeatsNamesNoInstant() {
    refusing(new GrantOutcome.PoolFull(Duration.ZERO));

    Answer answer = recording.acquire(key, "alice");

    assertProblem(answer, 409, "pool-exhausted");
    assertThat(answer.json().has("earliest_free_at")).isFalse();
    assertThat(answer.header("Retry-After")).isEqualTo("60");
  }

  @Test
  void anEndedLicenceIsForbidden() {
    refusing(new GrantOutcome.LicenseExpired());

    assertProblem(recording.acquire(key, "alice"), 403, "licence-expired");
  }

  @Test
  void aLicenceThatBeginsLaterSaysWhen() {
    refusing(new GrantOutcome.LicenseNotYetValid(Duration.ofHours(1)));

    Answer answer = recording.acquire(key, "alice");

    assertProblem(answer, 403, "licence-not-yet-valid");
    assertThat(answer.header("Retry-After")).isEqualTo("3600");
  }

  @Test
  void aHeartbeatOfAnEndedLicenceIsForbidden() {
    UUID session = UUID.randomUUID();
    api.ledger.renewals.put(session, new RenewOutcome.LicenseExpired());

    assertProblem(recording.heartbeat(session.toString()), 403, "licence-expired");
  }

  @Test
  void anIdempotencyKeyOfAnotherRequestIsUnprocessable() {
    refusing(new GrantOutcome.IdempotencyKeyReused());

    assertProblem(recording.acquire(key, "alice", "k-1"), 422, "idempotency-key-reused");
    assertThat(api.ledger.requests.getLast().idempotencyKey())
        .isEqualTo(Applicant.of("acme", key, "alice", "").repeatable("k-1").idempotencyKey());
  }

  @Test
  void anIdempotencyKeyWhoseSessionEndedIsAConflict() {
    refusing(new GrantOutcome.IdempotentSessionEnded());

    assertProblem(recording.acquire(key, "alice", "k-1"), 409, "idempotent-session-ended");
  }

  @ParameterizedTest
  @MethodSource("wrongIdempotencyKeys")
  void anIdempotencyKeyThatIsNotPrintableAsciiIsInvalid(String sent) {
    assertProblem(recording.acquire(key, "alice", sent), 400, "invalid-request");
  }

  static List<String> wrongIdempotencyKeys() {
    return List.of("", "a\tb", "k".repeat(256));
  }

  @Test
  void twoIdempotencyKeysAreInvalid() {
    assertProblem(
        recording.send(
            recording
                .request(ACQUIRE)
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", "one")
                .header("Idempotency-Key", "two")
                .POST(BodyPublishers.ofString("{\"license_key\":\"k\",\"hardware_id\":\"h\"}"))),
        400,
        "invalid-request");
  }

  @ParameterizedTest
  @CsvSource({"kept, 200", "'', 400"})
  void releaseChecksAnIdempotencyKeyAndNeedsNone(String sent, int status) {
    UUID session = UUID.randomUUID();
    api.ledger.releases.put(session, new ReleaseOutcome.Released("cad", 1, 2));

    assertThat(
            recording
                .send(
                    recording
                        .request("/api/v1/licenses/release")
                        .header("Content-Type", "application/json")
                        .header("Idempotency-Key", sent)
                        .POST(BodyPublishers.ofString("{\"session_id\":\"" + session + "\"}")))
                .status())
        .isEqualTo(status);
  }

  @Test
  void everyRefusedAcquireIsHandedOn() {
    String holder = Applicant.of("acme", key, "alice", "").holder();
    recording.acquire("nope", "alice");
    refusing(new GrantOutcome.LicenseExpired());
    recording.acquire(key, "alice");
    recording.send(recording.request(ACQUIRE).header("Authorization", "Basic x").POST(noBody()));

    assertThat(api.denials)
        .containsExactly(
            "- unknown-key " + holder,
            "cad licence-expired " + holder,
            "- authentication-required -");
  }

  @Test
  void whatIsNoAcquireOrNotRefusedIsNoDenial() {
    seatFor("alice");
    recording.acquire(key, "alice");
    recording.post(ACQUIRE, "{}");
    recording.release(UUID.randomUUID().toString());

    assertThat(api.denials).isEmpty();
  }

  @Test
  void everyRefusedHeartbeatIsHandedOnWithItsSession() {
    UUID superseded = sessionThatIs(new RenewOutcome.Superseded());
    UUID suspended = sessionThatIs(new RenewOutcome.TenantSuspended());
    UUID ended = sessionThatIs(new RenewOutcome.Ended(EndReason.LEASE_ENDED));

    recording.heartbeat(superseded.toString());
    recording.heartbeat(UUID.randomUUID().toString());
    recording.heartbeats(List.of(suspended.toString(), ended.toString()));

    assertThat(api.denials)
        .containsExactly(
            superseded + " generation-superseded",
            "- unknown-session",
            suspended + " licence-suspended",
            ended + " lease-ended");
  }

  @Test
  void aHeartbeatThatIsKeptOrFailsIsNoDenial() {
    Seat seat = Seats.seat("holder", Instant.now(), Seats.LEASE);
    UUID kept = seat.sessionId();
    api.ledger.renewals.put(kept, new RenewOutcome.Renewed(seat));
    UUID away = sessionThatIs(new RenewOutcome.Unavailable());

    recording.heartbeats(List.of(kept.toString(), away.toString()));
    api.ledger.away = true;
    recording.heartbeat(kept.toString());

    assertThat(api.denials).isEmpty();
  }

  @Test
  void aSuspendedTenantIsForbidden() {
    api.ledger.poolsByKey.put(
        Applicant.of("acme", key, "a", "").licenseKeySha256Hex(), Seats.pool(true));

    assertProblem(recording.acquire(key, "alice"), 403, "licence-suspended");
  }

  @ParameterizedTest
  @CsvSource({
    "RELEASED, 410, lease-ended",
    "LEASE_ENDED, 410, lease-ended",
    "REMOVED, 410, lease-ended",
  })
  void aHeartbeatOfAnEndedSessionIsGone(EndReason reason, int status, String problem) {
    UUID session = UUID.randomUUID();
    api.ledger.renewals.put(session, new RenewOutcome.Ended(reason));

    assertProblem(recording.heartbeat(session.toString()), status, problem);
  }

  @Test
  void aSupersededHeartbeatIsAConflict() {
    UUID session = UUID.randomUUID();
    api.ledger.renewals.put(session, new RenewOutcome.Superseded());

    assertProblem(recording.heartbeat(session.toString()), 409, "generation-superseded");
  }

  @Test
  void anUnknownSessionIsNotFound() {
    assertProblem(recording.heartbeat(UUID.randomUUID().toString()), 404, "unknown-session");
    assertProblem(recording.release(UUID.randomUUID().toString()), 404, "unknown-session");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "{", "nonsense lk_secret", "{\"a\":1}{}", "{\"a\":1,\"a\":2}", "{\"a\":NaN}"})
  void whatIsNotJsonIsSaidWithoutRepeatingIt(String body) {
    Answer answer = recording.post(ACQUIRE, body);

    assertProblem(answer, 400, "malformed-json");
    assertThat(answer.raw().body()).doesNotContain("lk_secret");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "feff0000",
        "0000007b0000007d",
        "7b007d00",
        "7b22612222c322",
        "7bff",
        "efbbbf7b7d"
      })
  void whatIsNotInUtf8IsNotJson(String hex) {
    Answer answer =
        recording.send(
            recording
                .request(ACQUIRE)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(HexFormat.of().parseHex(hex))));

    assertProblem(answer, 400, "malformed-json");
  }

  @Test
  void moreMembersThanAnybodyNeedsAreRefused() {
    String members =
        IntStream.range(0, 65).mapToObj(i -> "\"%x\":1".formatted(i)).collect(joining(","));

    Answer answer = recording.post(ACQUIRE, "{\"x\":{" + members + "}}");

    assertProblem(answer, 400, "invalid-request");
    assertThat(answer.json().at("/errors/0/pointer").asText()).isEmpty();
    assertThat(answer.json().at("/errors/0/detail").asText())
        .isEqualTo("must have 64 members at most, those of inner objects counted too");
  }

  @Test
  void nestingWithoutEndIsNotJson() {
    assertProblem(recording.post(ACQUIRE, "[".repeat(60_000)), 400, "malformed-json");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[]|''|must be an object, but is an array",
        "null|''|must be an object, but is a null",
        "{\"hardware_id\":\"a\"}|/license_key|is missing",
        "{\"hardware_id\":\"a\",\"license_key\":7}|/license_key|must be a string, but is a number",
        "{\"hardware_id\":{},\"license_key\":\"k\"}|/hardware_id|must be a string, but is an object",
        "{\"hardware_id\":\"\",\"license_key\":\"k\"}|/hardware_id|must be 1 to 1024 characters long,"
            + " but is 0",
        "{\"hardware_id\":\"a\",\"license_key\":\"k\",\"instance\":[]}|/instance|must be a string,"
            + " but is an array",
        "{\"hardware_id\":\"a\\nb\",\"license_key\":\"k\"}|/hardware_id|must not contain control"
            + " characters or broken surrogates",
        "{\"hardware_id\":\"\\ud800\",\"license_key\":\"k\"}|/hardware_id|must not contain control"
            + " characters or broken surrogates",
      })
  void whatIsWrongIsNamedByItsPointer(String body, String pointer, String detail) {
    Answer answer = recording.post(ACQUIRE, body);

    assertProblem(answer, 400, "invalid-request");
    assertThat(answer.json().at("/errors/0/pointer").asText()).isEqualTo(pointer);
    assertThat(answer.json().at("/errors/0/detail").asText()).isEqualTo(detail);
  }

  @Test
  void everythingThatIsWrongIsNamedAtOnce() {
    Answer answer = recording.acquire("k".repeat(257), "h".repeat(1025));

    assertThat(answer.json().get("errors")).hasSize(2);
  }

  @Test
  void stringsOfTheGreatestLengthAreAccepted() {
    assertProblem(recording.acquire("🗝".repeat(256), "h".repeat(1024)), 403, "unknown-key");
  }

  @Test
  void unknownMembersAreIgnored() {
    assertProblem(
        recording.post(
            ACQUIRE, "{\"license_key\":\"k\",\"hardware_id\":\"h\",\"future\":{\"x\":[1]}}"),
        403,
        "unknown-key");
  }

  @Test
  void aSessionIdThatIsNoUuidIsNamed() {
    Answer answer = recording.heartbeat("1-2-3-4-5");

    assertProblem(answer, 400, "invalid-request");
    assertThat(answer.json().at("/errors/0/pointer").asText()).isEqualTo("/session_id");
  }

  @Test
  void aBodyOfAMegabyteIsTooLarge() {
    assertProblem(
        recording.post(ACQUIRE, "{\"x\":\"" + "y".repeat(1_000_000) + "\"}"),
        413,
        "body-too-large");
  }

  @Test
  void aBodyOfAMegabyteInChunksIsTooLarge() {
    byte[] body = ("{\"x\":\"" + "y".repeat(1_000_000) + "\"}").getBytes(StandardCharsets.US_ASCII);
    assertProblem(
        recording.send(
            recording
                .request(ACQUIRE)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(body)))),
        413,
        "body-too-large");
  }

  @Test
  void aBodyThatIsCutOffIsNotATimeout() throws IOException {
    String request =
        "POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n".formatted(ACQUIRE)
            + "Content-Length: 100\r\n\r\n{";
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), api.server().port())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      socket.shutdownOutput();

      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .startsWith("HTTP/1.1 400")
          .contains("urn:coditect:licensing:problem:malformed-json");
    }
  }

  @Test
  void aBodyThatDoesNotArriveIsATimeout() throws IOException {
    String request =
        "POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n".formatted(ACQUIRE)
            + "Content-Length: 100\r\n\r\n{";
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), api.server().port())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));

      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .startsWith("HTTP/1.1 408")
          .contains("urn:coditect:licensing:problem:request-timeout");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/plain", "application/x-www-form-urlencoded", "application/jsonp"})
  void whatIsNotDeclaredAsJsonIsRefused(String contentType) {
    assertProblem(
        recording.send(
            recording
                .request(ACQUIRE)
                .header("Content-Type", contentType)
                .POST(BodyPublishers.ofString("{}"))),
        415,
        "unsupported-media-type");
  }

  @Test
  void aCharacterSetBehindTheMediaTypeIsFine() {
    assertProblem(
        recording.send(
            recording
                .request(ACQUIRE)
                .header("Content-Type", "Application/JSON; charset=utf-8")
                .POST(BodyPublishers.ofString("{}"))),
        400,
        "invalid-request");
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"})
  void anotherMethodIsNotAllowedOrUnknown(String method) {
    Answer answer = recording.send(recording.request(ACQUIRE).method(method, noBody()));

    assertThat(answer.problem()).isEqualTo("method-not-allowed");
    assertThat(answer.status()).isEqualTo(405);
    assertThat(answer.header("Allow")).isEqualTo("POST");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/", "/nothing", "/api/v1/licenses/acquire/", "/docs/../openapi", "/docs/x"})
  void elsewhereIsNothing(String path) {
    assertProblem(recording.get(path), 404, "not-found");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/v1/licenses//acquire",
        "/api%2fv1/licenses/acquire",
        "/api/v1/x/..;/licenses/acquire",
        "/api/v1/%2e%2e/v1/health/live",
        "/docs/%2e%2e%2fopenapi.yaml",
        "/docs/..%00",
      })
  void anAmbiguousPathIsRefusedAsAProblem(String path) throws IOException {
    String answer = raw("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

    assertThat(answer).startsWith("HTTP/1.1 400").contains("application/problem+json");
  }

  @Test
  void whatIsNotHttpIsRefusedAsAProblem() throws IOException {
    assertThat(raw("\u0001\u0002nonsense\r\n\r\n"))
        .startsWith("HTTP/1.1 400")
        .contains("urn:coditect:licensing:problem:invalid-request")
        .doesNotContain("Jetty");
  }

  @Test
  void headersWithoutEndAreRefusedAsAProblem() throws IOException {
    assertThat(raw("GET /health/ HTTP/1.1\r\nHost: x\r\nX: " + "y".repeat(20_000) + "\r\n\r\n"))
        .startsWith("HTTP/1.1 431")
        .contains("application/problem+json");
  }

  @Test
  void aLedgerThatIsAwayIsSaidWithRetryAfter() {
    api.ledger.away = true;

    Answer answer = recording.acquire(key, "alice");

    assertProblem(answer, 503, "ledger-unavailable");
    assertThat(answer.header("Retry-After")).isEqualTo("2");
  }

  @Test
  void aDefectSaysNothingOfItself() {
    api.ledger.poolsByKey.put(
        Applicant.of("acme", key, "a", "").licenseKeySha256Hex(), Seats.pool(false));

    // The script has no choice left: the fake throws.
    Answer answer = recording.acquire(key, "alice");

    assertProblem(answer, 500, "internal");
    assertThat(answer.raw().body()).doesNotContain("Exception").doesNotContain("ai.coditect");
  }

  @Test
  void aUsableRequestIdIsKept() {
    Answer answer =
        recording.send(recording.request("/nothing").header("X-Request-Id", "job-17").GET());

    assertThat(answer.header("X-Request-Id")).isEqualTo("job-17");
    assertThat(answer.text("request_id")).isEqualTo("job-17");
  }

  @Test
  void aRequestIdThatCouldForgeALogLineIsReplaced() {
    Answer answer =
        recording.send(recording.request("/nothing").header("X-Request-Id", "a b\"}").GET());

    assertThat(UUID.fromString(answer.text("request_id"))).isNotNull();
  }

  @Test
  void theContractIsServed() {
    Answer answer = recording.get("/openapi.yaml");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.raw().body()).startsWith("openapi: 3.1.0");
  }

  @Test
  void thePageForPeopleNeedsNothingFromElsewhere() {
    Answer page = recording.get("/docs");

    assertThat(page.header("Content-Security-Policy"))
        .contains("default-src 'none'")
        .contains("script-src 'self';")
        .doesNotContain("unsafe");
    assertThat(page.raw().body()).doesNotContain("http").doesNotContain("<style").contains("docs/");
    assertThat(recording.get("/docs/swagger-ui-bundle.js").raw().body())
        .hasSizeGreaterThan(1_000_000);
    assertThat(recording.get("/docs/swagger-ui.css").status()).isEqualTo(200);
    assertThat(recording.get("/docs/docs.js").status()).isEqualTo(200);
  }

  @Test
  void theKeysForVerifiersHoldNoPrivateHalf() {
    Answer jwks = recording.get("/.well-known/jwks.json");

    assertThat(jwks.json().get("keys")).hasSize(2);
    assertThat(jwks.json().at("/keys/0/kty").asText()).isEqualTo("RSA");
    assertThat(jwks.json().at("/keys/1/kty").asText()).isEqualTo("EC");
    assertThat(jwks.raw().body()).doesNotContain("\"d\"");
  }

  @Test
  void statementsAreServedAndOutliveALedgerOutage() {
    assertThat(recording.get("/api/v1/keys/statements").json().get("statements")).hasSize(1);
    api.ledger.away = true;

    assertThat(recording.get("/api/v1/keys/statements").json().get("statements")).hasSize(1);
  }

  @Test
  void aRevocationListIsServedForCachesToo() {
    Answer list = recording.get("/api/v1/revocations");

    assertThat(list.text("revocation_list")).startsWith("ey");
    assertThat(list.header("Cache-Control")).isEqualTo("public, max-age=5");
  }

  @Test
  void requestsAreTimedByRouteAndStatus() {
    recording.heartbeat(UUID.randomUUID().toString());
    recording.get("/nothing/" + UUID.randomUUID());

    String metrics = api.meters.scrape();
    assertThat(metrics)
        .contains(
            "http_server_requests_seconds_bucket{method=\"POST\",route=\"/api/v1/licenses/heartbeat\","
                + "status=\"404\",le=\"0.005\"}")
        .contains("route=\"none\"")
        .doesNotContain("/nothing");
  }

  @Test
  void methodsThatNobodyKnowsAreOneSeries() {
    for (int i = 0; i < 50; i++) {
      String word =
          new Random(i).ints(9, 'A', 'Z' + 1).mapToObj(Character::toString).collect(joining());
      recording.send(recording.request("/nothing").method(word, noBody()));
    }

    assertThat(api.meters.get("http.server.requests").meters())
        .extracting(meter -> meter.getId().getTag("method"))
        .contains("other")
        .isSubsetOf("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "other");
  }

  @Test
  void refusalsAreCountedByReason() {
    recording.acquire("nope", "alice");

    assertThat(api.meters.scrape()).contains("license_seat_refusals_total{reason=\"unknown-key\"}");
  }

  @Test
  void aGrantThatIsAnsweredAgainIsCountedAsAReplay() {
    double grants = counted("license.seat.grants");
    double replays = counted("license.seat.replays");
    Seat seat = seatFor("alice");
    recording.acquire(key, "alice", "k");
    api.index.choices.add(new Choice.Away());
    api.ledger.grants.add(
        new GrantOutcome.Granted(Seats.askedAt(seat, seat.grantedAt().plusSeconds(1))));

    recording.acquire(key, "alice", "k");

    assertThat(counted("license.seat.grants") - grants).isEqualTo(1);
    assertThat(counted("license.seat.replays") - replays).isEqualTo(1);
  }

  private static double counted(String counter) {
    return api.meters.get(counter).counter().count();
  }

  private static UUID sessionThatIs(RenewOutcome outcome) {
    UUID session = UUID.randomUUID();
    api.ledger.renewals.put(session, outcome);
    return session;
  }

  private void refusing(GrantOutcome outcome) {
    api.ledger.poolsByKey.put(
        Applicant.of("acme", key, "a", "").licenseKeySha256Hex(), Seats.pool(false));
    api.index.choices.add(new Choice.Away());
    api.ledger.grants.add(outcome);
  }

  private Seat seatFor(String hardwareId) {
    Applicant applicant = Applicant.of("acme", key, hardwareId, "");
    Seat seat = Seats.seat(applicant.holder(), Instant.now(), Seats.LEASE);
    api.ledger.poolsByKey.put(applicant.licenseKeySha256Hex(), Seats.pool(false));
    api.index.choices.add(new Choice.Away());
    api.ledger.grants.add(new GrantOutcome.Granted(seat));
    return seat;
  }

  private String raw(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), api.server().port())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static void assertProblem(Answer answer, int status, String type) {
    assertThat(answer.problem()).isEqualTo(type);
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.json().get("status").asInt()).isEqualTo(status);
    assertThat(answer.text("request_id")).isEqualTo(answer.header("X-Request-Id"));
  }
}
