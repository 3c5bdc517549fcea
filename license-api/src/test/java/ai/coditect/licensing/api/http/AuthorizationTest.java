package ai.coditect.licensing.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.api.fakes.ScriptedLedger;
import ai.coditect.licensing.api.fakes.Seats;
import ai.coditect.licensing.api.fakes.TestIssuer;
import ai.coditect.licensing.api.http.Recording.Answer;
import ai.coditect.licensing.api.seats.Applicant;
import ai.coditect.licensing.api.signing.SeatSigner;
import ai.coditect.licensing.api.signing.TestLeaves;
import ai.coditect.licensing.stores.ledger.GrantOutcome;
import ai.coditect.licensing.stores.ledger.GrantRequest;
import ai.coditect.licensing.stores.ledger.HeldSeat;
import ai.coditect.licensing.stores.ledger.ReleaseOutcome;
import ai.coditect.licensing.stores.ledger.RenewOutcome;
import ai.coditect.licensing.stores.ledger.Seat;
import ai.coditect.licensing.stores.ledger.ServiceAccountKey;
import ai.coditect.licensing.stores.seats.SeatIndex.Choice;
import ai.coditect.licensing.tokens.SeatToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may do what, at a tenant where a licence key alone is not enough. */
class AuthorizationTest {

  private static final Clock CLOCK = Clock.systemUTC();
  private static final String AUDIENCE = "licences";
  private static final String CLUSTER = "https://kubernetes.default.svc";
  private static final String POD_AUDIENCE = "urn:coditect:tenant:acme";
  private static final String SESSIONS = "/api/v1/sessions";
  private static final String ACQUIRE = "/api/v1/licenses/acquire";
  private static final String FOR_POOL = "{\"pool\":\"cad\"}";

  private static final TestIssuer OIDC = TestIssuer.start("firebase");
  private static final String ISSUER = OIDC.url();
  private static final RSAKey CLUSTER_KEY = rsaKey();

  @RegisterExtension static final ServedApi served = new ServedApi(ledger());

  private static final TestApi api = served.api;

  private final Recording anybody = served.recording();
  private final Seat seat = Seats.seat("holder", Instant.now(), Seats.LEASE);
  private final String session = seat.sessionId().toString();

  @AfterAll
  static void stopIssuer() {
    OIDC.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"acquire", "heartbeat", "release", "heartbeats"})
  void withoutATokenNobodyGetsAnywhere(String operation) {
    String body =
        switch (operation) {
          case "acquire" -> "{\"license_key\":\"k\",\"hardware_id\":\"h\"}";
          case "heartbeats" -> "[{\"session_id\":\"%s\"}]".formatted(session);
          default -> "{\"session_id\":\"%s\"}".formatted(session);
        };

    Answer answer = anybody.post("/api/v1/licenses/" + operation, body);

    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.problem()).isEqualTo("authentication-required");
    assertThat(answer.header("WWW-Authenticate")).startsWith("Bearer");
  }

  @Test
  void theSeatTokenKeepsAndReleasesItsOwnSession() {
    renewable();
    api.ledger.releases.put(seat.sessionId(), new ReleaseOutcome.Released("cad", 1, 2));
    Recording holder = anybody.bearing(tokenOf(seat));

    assertThat(holder.heartbeat(session).text("status")).isEqualTo("ok");
    assertThat(holder.release(session).text("status")).isEqualTo("released");
  }

  @Test
  void theSeatTokenOfAnotherSessionDoesNot() {
    renewable();
    Seat other = Seats.seat("other", Instant.now(), Seats.LEASE);

    assertThat(anybody.bearing(tokenOf(other)).heartbeat(session).problem())
        .isEqualTo("unknown-session");
  }

  @Test
  void aSeatTokenThatAnotherSignedProvesNothing() {
    renewable();
    String forged =
        new SeatSigner("acme", TestLeaves.certified("acme", new ScriptedLedger(), CLOCK), CLOCK)
            .sign(seat)
            .orElseThrow()
            .token();

    assertThat(anybody.bearing(forged).heartbeat(session).problem())
        .isEqualTo("authentication-required");
  }

  @Test
  void anEndedSeatTokenStillSaysWhoAsks() {
    Seat ended = Seats.seat("holder", Instant.now().minusSeconds(60), Duration.ofSeconds(40));

    assertThat(anybody.bearing(tokenOf(ended)).heartbeat(ended.sessionId().toString()).problem())
        .as("the ledger decides that it is over")
        .isEqualTo("unknown-session");
    api.ledger.renewals.put(ended.sessionId(), new RenewOutcome.Superseded());
    assertThat(anybody.bearing(tokenOf(ended)).heartbeat(ended.sessionId().toString()).problem())
        .isEqualTo("generation-superseded");
  }

  @Test
  void whoAcquiredKeepsASessionByItsBearerTokenAndNobodyElse() {
    renewable();
    api.ledger.principals.put(seat.sessionId(), ISSUER + " alice");

    assertThat(as("alice", "holder").heartbeat(session).status()).isEqualTo(200);
    assertThat(as("bob", "holder").heartbeat(session).problem()).isEqualTo("unknown-session");
    assertThat(as("alice", "viewer").heartbeat(session).problem()).isEqualTo("missing-role");
  }

  @Test
  void ofManySessionsEachIsKeptForItsOwnCallerOnly() {
    renewable();
    String others = UUID.randomUUID().toString();
    api.ledger.principals.put(seat.sessionId(), ISSUER + " alice");
    api.ledger.principals.put(UUID.fromString(others), ISSUER + " bob");

    JsonNode results = as("alice", "holder").heartbeats(List.of(others, session)).json();

    assertThat(results.at("/0/problem/type").asText()).endsWith(":unknown-session");
    assertThat(results.at("/1/status").asText()).isEqualTo("ok");
    assertThat(as("carol", "holder").heartbeats(List.of(others)).json().at("/0/status").asText())
        .isEqualTo("refused");
    assertThat(anybody.bearing(tokenOf(seat)).heartbeats(List.of(session)).problem())
        .isEqualTo("authentication-required");
  }

  @Test
  void whoAcquiresIsRemembered() {
    String key = "lk-" + UUID.randomUUID();
    granting(key);

    assertThat(as("alice", "holder").acquire(key, "workstation").status()).isEqualTo(200);

    assertThat(api.ledger.requests.getLast().principal()).isEqualTo(ISSUER + " alice");
  }

  @Test
  void aRoleThatIsMissingIsNamed() {
    Answer answer = as("alice", "viewer").acquire("k", "h");

    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.problem()).isEqualTo("missing-role");
    assertThat(answer.text("detail")).contains("holder");
    assertThat(answer.text("missing_role")).isEqualTo("holder");
  }

  @Test
  void aTokenOfAnotherTenantOrOfNoneIsRefused() {
    for (Map<String, Object> firebase :
        List.<Map<String, Object>>of(Map.of("tenant", "globex-1"), Map.of())) {
      String token = token("alice", Map.of("firebase", firebase, "roles", List.of("holder")));
      assertThat(anybody.bearing(token).acquire("k", "h").status()).isEqualTo(401);
    }
    assertThat(
            anybody
                .bearing(token("alice", Map.of("roles", List.of("holder"))))
                .acquire("k", "h")
                .text("detail"))
        .isEqualTo("The bearer token is not of this tenant.");
  }

  @Test
  void aViewerSeesWhoHoldsWhatWithoutWhatEndsASession() {
    held(1, "");
    held(2, ISSUER + " alice");

    JsonNode page = as("victor", "viewer").get(SESSIONS).json();

    assertThat(page.at("/sessions")).hasSize(2);
    assertThat(page.at("/sessions/0/pool").asText()).isEqualTo("cad");
    assertThat(page.at("/sessions/0").has("principal")).isFalse();
    assertThat(page.at("/sessions/1/principal").asText()).isEqualTo(ISSUER + " alice");
    assertThat(page.toString()).doesNotContain("session_id");
    assertThat(page.has("next")).isFalse();
  }

  @Test
  void anAdministratorSeesSessionsPageByPage() {
    held(1, "");
    held(2, "");
    Recording admin = as("root", "admin");

    JsonNode first = admin.get(SESSIONS + "?limit=1&pool=cad").json();
    assertThat(first.at("/sessions/0/slot").asInt()).isEqualTo(1);
    assertThat(first.at("/sessions/0/session_id").asText()).isNotEmpty();
    assertThat(first.at("/next").asText()).isEqualTo("cad:1");

    JsonNode second = admin.get(SESSIONS + "?limit=1&after=cad:1").json();
    assertThat(second.at("/sessions/0/slot").asInt()).isEqualTo(2);
    assertThat(admin.get(SESSIONS + "?pool=render").json().at("/sessions")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"limit=0", "limit=1001", "limit=x", "after=cad", "pool=A", "pool="})
  void aWrongParameterIsNamed(String query) {
    Answer answer = as("root", "admin").get(SESSIONS + "?" + query);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().at("/errors/0/pointer").asText())
        .isEqualTo("?" + query.substring(0, query.indexOf('=')));
  }

  @Test
  void onlyAnAdministratorForcesASessionOut() {
    api.ledger.releases.put(seat.sessionId(), new ReleaseOutcome.Released("cad", 1, 2));
    String path = SESSIONS + "/" + session;

    assertThat(anybody.delete(path).status()).isEqualTo(401);
    assertThat(anybody.bearing(tokenOf(seat)).delete(path).status()).isEqualTo(401);
    assertThat(as("victor", "viewer").delete(path).text("missing_role")).isEqualTo("admin");
    assertThat(as("alice", "holder").get(SESSIONS).text("missing_role")).isEqualTo("viewer");
    assertThat(api.ledger.forcedBy).isEmpty();

    assertThat(as("root", "admin").delete(path).text("status")).isEqualTo("ended");
    assertThat(api.ledger.forcedBy).containsExactly(ISSUER + " root");
    assertThat(as("root", "admin").delete(SESSIONS + "/" + UUID.randomUUID()).problem())
        .isEqualTo("unknown-session");
    assertThat(as("root", "admin").delete(SESSIONS + "/x").problem()).isEqualTo("unknown-session");
  }

  @Test
  void aPodIsItselfTheHolderOfASeatOfAPoolThatNamesItsServiceAccount() {
    granting(ServiceAccountKey.of("acme", "cad", "apps", "worker").sha256Hex(), true);

    Answer answer = pod("worker", POD_AUDIENCE, Map.of("uid", "u-1")).post(ACQUIRE, FOR_POOL);

    assertThat(answer.status()).isEqualTo(200);
    GrantRequest request = api.ledger.requests.getLast();
    assertThat(request.hardwareHash())
        .isEqualTo(SeatToken.hardwareHashOf("kubernetes:apps:worker:u-1"));
    assertThat(request.principal()).isEqualTo(CLUSTER + " system:serviceaccount:apps:worker");
  }

  @Test
  void aPodOfAnotherServiceAccountIsToldWhatToDo() {
    Answer answer = pod("intruder", POD_AUDIENCE, Map.of("uid", "u-2")).post(ACQUIRE, FOR_POOL);

    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.problem()).isEqualTo("pool-not-open");
    assertThat(answer.text("detail")).contains("spec.serviceAccounts");
  }

  @Test
  void aServiceAccountsTokenForAnotherTenantOrOfNoPodIsRefused() {
    assertThat(
            pod("worker", "urn:coditect:tenant:globex", Map.of("uid", "u-1"))
                .post(ACQUIRE, FOR_POOL)
                .status())
        .isEqualTo(401);
    assertThat(pod("worker", POD_AUDIENCE, Map.of()).post(ACQUIRE, FOR_POOL).text("detail"))
        .contains("of no pod");
  }

  @Test
  void whoIsNoPodNeedsALicenceKey() {
    Answer answer = as("alice", "holder").post(ACQUIRE, FOR_POOL);

    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.text("detail")).contains("pod's service account");
  }

  @Test
  void aPodsTokenIsNoLoginBesideALicenceKey() {
    String key = "lk-" + UUID.randomUUID();
    granting(key);

    Answer answer = pod("worker", POD_AUDIENCE, Map.of("uid", "u-1")).acquire(key, "workstation");

    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.text("detail")).contains("send \"pool\"");
  }

  @Test
  void nobodyElseNamesItselfAsAPod() {
    Answer answer = as("alice", "holder").acquire("k", "kubernetes:apps:worker:u-1");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().at("/errors/0/pointer").asText()).isEqualTo("/hardware_id");
  }

  @Test
  void aSeatTokenThatEndedLongAgoProvesNothing() {
    renewable();
    Seat ended =
        new Seat(
            seat.sessionId(),
            seat.poolId(),
            seat.product(),
            seat.entitlements(),
            seat.slot(),
            seat.slotGeneration(),
            seat.holder(),
            seat.hardwareHash(),
            Instant.now().minusSeconds(600),
            Instant.now().minusSeconds(300),
            seat.borrowedUntil(),
            seat.licenseEnd(),
            seat.lease());

    assertThat(anybody.bearing(tokenOf(ended)).heartbeat(session).problem())
        .isEqualTo("authentication-required");
  }

  @Test
  void aPodNamesNoOtherMachine() {
    assertThat(
            pod("worker", POD_AUDIENCE, Map.of("uid", "u-1"))
                .post(ACQUIRE, "{\"pool\":\"cad\",\"hardware_id\":\"h\"}")
                .json()
                .at("/errors/0/detail")
                .asText())
        .isEqualTo("must have either license_key and hardware_id, or pool");
  }

  private void renewable() {
    api.ledger.renewals.put(seat.sessionId(), new RenewOutcome.Renewed(seat));
  }

  private static void granting(String licenseKey) {
    granting(Applicant.of("acme", licenseKey, "h", "").licenseKeySha256Hex(), true);
  }

  private static void granting(String keySha256Hex, boolean isServed) {
    api.ledger.poolsByKey.put(keySha256Hex, Seats.pool(!isServed));
    api.index.choices.add(new Choice.Away());
    api.ledger.grants.add(
        new GrantOutcome.Granted(Seats.seat("holder", Instant.now(), Seats.LEASE)));
  }

  private static void held(int slot, String principal) {
    Instant now = Instant.now();
    if (slot == 1) {
      api.ledger.heldSeats.clear();
    }
    api.ledger.heldSeats.add(
        new HeldSeat(
            UUID.randomUUID(),
            new HeldSeat.Position("cad", slot),
            "a".repeat(64),
            "default",
            principal,
            now,
            now,
            now.plus(Seats.LEASE),
            Optional.empty()));
  }

  private static String tokenOf(Seat seat) {
    return new SeatSigner("acme", api.leaves, CLOCK).sign(seat).orElseThrow().token();
  }

  private Recording as(String subject, String role) {
    return anybody.bearing(
        token(
            subject,
            Map.of("firebase", Map.of("tenant", "acme-1"), "roles", List.of("other", role))));
  }

  private static String token(String subject, Map<String, Object> claims) {
    return OIDC.token(subject, AUDIENCE, claims, 60);
  }

  private Recording pod(String serviceAccount, String audience, Map<String, Object> pod) {
    Map<String, Object> kubernetes = new HashMap<>();
    kubernetes.put("namespace", "apps");
    kubernetes.put("serviceaccount", Map.of("name", serviceAccount, "uid", "s-1"));
    kubernetes.put("pod", pod);
    JWTClaimsSet claims =
        new JWTClaimsSet.Builder()
            .issuer(CLUSTER)
            .subject("system:serviceaccount:apps:" + serviceAccount)
            .audience(audience)
            .expirationTime(Date.from(Instant.now().plusSeconds(60)))
            .claim("kubernetes.io", kubernetes)
            .build();
    SignedJWT jwt =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(CLUSTER_KEY.getKeyID()).build(),
            claims);
    try {
      jwt.sign(new RSASSASigner(CLUSTER_KEY));
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
    return anybody.bearing(jwt.serialize());
  }

  private static ScriptedLedger ledger() {
    ScriptedLedger ledger = new ScriptedLedger();
    ledger.callers =
        Optional.of(
            """
            {"bareLicenseKey": "Denied",
             "issuers": [{"issuer": "%s", "audience": "%s",
               "tenantClaim": {"claim": "/firebase/tenant", "value": "acme-1"},
               "roles": [
                 {"role": "Holder", "claim": "roles", "values": ["holder"]},
                 {"role": "Viewer", "claim": "roles", "values": ["viewer"]},
                 {"role": "Admin", "claim": "roles", "values": ["admin", "owner"]},
                 {"role": "RoleOfTheFuture", "claim": "roles", "values": ["holder"]}]}],
             "cluster": {"issuer": "%s", "keys": %s},
             "fieldOfTheFuture": {}}
            """
                .formatted(ISSUER, AUDIENCE, CLUSTER, new JWKSet(CLUSTER_KEY).toString(true)));
    return ledger;
  }

  private static RSAKey rsaKey() {
    try {
      return new RSAKeyGenerator(2_048).keyID("cluster").generate();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }
}
