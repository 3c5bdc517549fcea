package ai.coditect.licensing.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.api.fakes.Seats;
import ai.coditect.licensing.api.http.Recording.Answer;
import ai.coditect.licensing.api.seats.Applicant;
import ai.coditect.licensing.api.settings.Settings.AddressLimits;
import ai.coditect.licensing.stores.ledger.GrantOutcome;
import ai.coditect.licensing.stores.ledger.RenewOutcome;
import ai.coditect.licensing.stores.ledger.Seat;
import ai.coditect.licensing.stores.seats.Admission;
import ai.coditect.licensing.stores.seats.Admission.Quota;
import ai.coditect.licensing.stores.seats.Admission.Scope;
import ai.coditect.licensing.stores.seats.SeatIndex.Choice;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is held back, and what it is told. */
class RatesTest {

  private static final int PER_ADDRESS = 3;
  private static final Duration HALF = Duration.ofMillis(500);

  private static final TestApi api =
      new TestApi(new AddressLimits(2, Optional.of(PER_ADDRESS), Optional.of(PER_ADDRESS)));

  private static Recording client;

  private final String key = UUID.randomUUID().toString();
  private final Applicant alice = Applicant.of("acme", key, "alice", "");
  private final Seat seat = Seats.seat(alice.holder(), Instant.now(), Seats.LEASE);
  private final String session = seat.sessionId().toString();

  /** Not used by any other test, but for the beginnings of their names. */
  private final String address = "2001:db8:%s::1".formatted(key.substring(0, 4));

  @BeforeAll
  static void start() {
    api.server().start();
    client = new Recording(api.server().port());
  }

  @AfterAll
  static void stop() {
    api.close();
    assertThat(client.violations()).as("answers against openapi.yaml").isEmpty();
  }

  @BeforeEach
  void grantsAlice() {
    api.rates.ofAcquires = Admission.UNCOUNTED;
    api.rates.ofHeartbeats = Admission.UNCOUNTED;
    api.rates.counted.clear();
    api.denials.clear();
    api.ledger.poolsByKey.put(alice.licenseKeySha256Hex(), Seats.pool(false));
    api.index.choices.clear();
    api.index.choices.add(new Choice.Away());
    api.ledger.grants.clear();
    api.ledger.grants.add(new GrantOutcome.Granted(seat));
    api.ledger.renewals.put(seat.sessionId(), new RenewOutcome.Renewed(seat));
  }

  @Test
  void anAcquireIsToldWhatIsLeft() {
    api.rates.ofAcquires =
        new Admission(
            Optional.empty(),
            HALF,
            List.of(new Quota(Scope.TENANT, 1000, 871), new Quota(Scope.PRINCIPAL, 500, 480)));

    Answer granted = client.acquire(key, "alice");

    assertThat(granted.status()).isEqualTo(200);
    assertThat(granted.header("RateLimit-Policy"))
        .isEqualTo("\"acquires-of-tenant\";q=1000;w=1, \"acquires-of-principal\";q=500;w=1");
    assertThat(granted.header("RateLimit"))
        .isEqualTo("\"acquires-of-tenant\";r=871;t=1, \"acquires-of-principal\";r=480;t=1");
    assertThat(api.rates.counted).containsExactly("acquire acme " + alice.licenseKeySha256Hex());
  }

  @Test
  void whereNobodyCountsNothingIsSaid() {
    Answer granted = client.acquire(key, "alice");

    assertThat(granted.status()).isEqualTo(200);
    assertThat(granted.raw().headers().firstValue("RateLimit")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "TENANT, The tenant's acquires per second are used up.",
    "PRINCIPAL, 'The acquires per second of this licence key, or this bearer, are used up.'"
  })
  void anAcquireBeyondAShareIsRefusedBeforeAnythingIsAsked(Scope scope, String detail) {
    api.rates.ofAcquires = refusedBy(scope);
    int lookups = api.ledger.keyLookups.get();

    Answer refused = client.acquire(key, "alice");

    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.problem()).isEqualTo("rate-limited");
    assertThat(refused.text("detail")).isEqualTo(detail);
    assertThat(refused.header("Retry-After")).isEqualTo("1");
    assertThat(refused.header("RateLimit")).endsWith(";r=0;t=1");
    assertThat(api.ledger.keyLookups).hasValue(lookups);
    assertThat(api.denials).containsExactly("- rate-limited " + alice.holder());
    assertThat(refusals("acquires", scope.name().toLowerCase(Locale.ROOT))).isPositive();
    assertThat(client.borrow(key, "alice", 1).problem()).isEqualTo("rate-limited");
  }

  @Test
  void heartbeatsHaveABudgetOfTheirOwn() {
    api.rates.ofAcquires = refusedBy(Scope.TENANT);
    assertThat(client.heartbeat(session).status()).isEqualTo(200);
    assertThat(client.heartbeats(List.of(session, session)).status()).isEqualTo(200);

    api.rates.ofAcquires = Admission.UNCOUNTED;
    api.rates.ofHeartbeats = refusedBy(Scope.TENANT);
    for (Answer refused :
        List.of(
            client.heartbeat(session),
            client.heartbeats(List.of(session)),
            client.release(session),
            client.giveBack(session))) {
      assertThat(refused.problem()).isEqualTo("rate-limited");
      assertThat(refused.text("detail"))
          .isEqualTo("The tenant's heartbeats per second are used up.");
    }
    assertThat(client.acquire(key, "alice").status()).isEqualTo(200);
    assertThat(api.rates.counted)
        .startsWith("heartbeats acme  1", "heartbeats acme  2", "heartbeats acme  1");
  }

  @Test
  void anAddressIsHeldBackBeforeAnythingIsKnownOfItsCaller() {
    for (int i = 0; i < PER_ADDRESS; i++) {
      assertThat(validate(address + ", 130.211.0.1").status()).isEqualTo(400);
    }

    Answer refused = validate(address + ", 130.211.0.1");

    assertThat(refused.problem()).isEqualTo("rate-limited");
    assertThat(refused.text("detail")).isEqualTo("Too many requests come from this address.");
    assertThat(refused.header("RateLimit-Policy")).isEqualTo("\"requests-of-address\";q=3;w=1");
    assertThat(refused.header("RateLimit")).isEqualTo("\"requests-of-address\";r=0;t=1");
    assertThat(api.rates.counted).isEmpty();
    assertThat(refusals("requests", "address")).isPositive();
    assertThat(heartbeat(address + ", 130.211.0.1").status()).as("another budget").isEqualTo(200);
  }

  /** What callers wrote there themselves is left of what the proxies appended. */
  @Test
  void anAddressThatACallerMadeUpIsNotBelieved() {
    Answer last = null;
    for (int i = 0; i <= PER_ADDRESS; i++) {
      last = validate("198.51.100." + i + ", " + address + ", 130.211.0.1");
    }
    assertThat(last.problem()).isEqualTo("rate-limited");
    assertThat(validate(address + ", 2001:db8:ffff::1, 130.211.0.1").status()).isEqualTo(400);
  }

  /** A proxy of the pod, or somebody who forwards a port to it. */
  @ParameterizedTest
  @ValueSource(strings = {"", "127.0.0.1", "::1, nonsense", "nonsense"})
  void whoeverConnectsFromTheMachineItselfIsNotHeldBack(String forwardedFor) {
    for (int i = 0; i <= 2 * PER_ADDRESS; i++) {
      assertThat(validate(forwardedFor).status()).isEqualTo(400);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/health/", "/api/v1/health/live", "/api/v1/health/ready"})
  void probesAreAlwaysAnswered(String path) {
    for (int i = 0; i <= 2 * PER_ADDRESS; i++) {
      Answer answer =
          client.send(client.request(path).header("X-Forwarded-For", address + ", 10.0.0.1").GET());
      assertThat(answer.status()).isIn(200, 503);
    }
  }

  private static Admission refusedBy(Scope scope) {
    return new Admission(Optional.of(scope), HALF, List.of(new Quota(scope, 5, 0)));
  }

  private static double refusals(String budget, String scope) {
    return api.meters
        .get("license.rate.refusals")
        .tags("budget", budget, "scope", scope)
        .counter()
        .count();
  }

  /** With a body that is refused wherever somebody looks at it. */
  private static Answer validate(String forwardedFor) {
    return post("/api/v1/licenses/validate", forwardedFor, "{}");
  }

  private Answer heartbeat(String forwardedFor) {
    return post("/api/v1/licenses/heartbeat", forwardedFor, "{\"session_id\":\"" + session + "\"}");
  }

  private static Answer post(String path, String forwardedFor, String body) {
    return client.send(
        client
            .request(path)
            .header("Content-Type", "application/json")
            .header("X-Forwarded-For", forwardedFor)
            .POST(BodyPublishers.ofString(body)));
  }
}
