package ai.coditect.licensing.api;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.api.fakes.TestIssuer;
import ai.coditect.licensing.api.http.Recording;
import ai.coditect.licensing.api.http.Recording.Answer;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Who may do what, by two instances of the API on real Postgres and Redis. */
@Tag("system")
class CallersOnStoresTest {

  private static final Duration LEASE = Duration.ofMinutes(6);

  /** A change of who may call acts by then. */
  private static final Duration WITHIN = Duration.ofSeconds(10);

  private static final TestIssuer OIDC = TestIssuer.start("acme");
  private static final String ISSUER = OIDC.url();

  private static Installation installation;
  private static TwoInstances instances;
  private static Recording one;
  private static Recording two;

  @BeforeAll
  static void start() {
    installation = Installation.shared(true);
    installation.putCallers(trusting(ISSUER));
    instances = TwoInstances.of(installation);
    one = instances.one;
    two = instances.two;
  }

  @AfterAll
  static void stop() {
    instances.close();
    OIDC.close();
  }

  @Test
  void whoHoldsWhatIsSeenAndEndedByThoseWhoMay() {
    String key = installation.putPool("seen", 2, LEASE);
    Answer held = as(one, "alice", "holder").acquire(key, "workstation");
    String session = held.text("session_id");

    JsonNode page = as(two, "victor", "viewer").get("/api/v1/sessions?pool=seen").json();
    assertThat(page.at("/sessions")).hasSize(1);
    assertThat(page.at("/sessions/0/principal").asText()).isEqualTo(ISSUER + " alice");
    assertThat(page.at("/sessions/0/key").asText()).isEqualTo("default");

    assertThat(as(two, "alice", "holder").heartbeat(session).text("status")).isEqualTo("ok");
    assertThat(as(two, "bob", "holder").heartbeat(session).problem()).isEqualTo("unknown-session");
    assertThat(as(two, "bob", "holder").release(session).problem()).isEqualTo("unknown-session");

    Recording admin = as(two, "root", "admin");
    assertThat(admin.delete("/api/v1/sessions/" + session).text("status")).isEqualTo("ended");
    assertThat(admin.delete("/api/v1/sessions/" + session).text("status")).isEqualTo("ended");
    Answer after = one.bearing(held.text("signed_token")).heartbeat(session);
    assertThat(after.status()).isEqualTo(410);
    assertThat(after.text("detail")).contains("administrator");
    assertThat(one.validateToken(held.text("signed_token")).text("reason")).isEqualTo("forced");
    assertThat(installation.inUse("seen")).isZero();
  }

  @Test
  void anIssuerThatIsTakenAwayIsRefusedByEachInstanceAndHoldersKeepTheirSeats() {
    String key = installation.putPool("kept", 2, LEASE);
    Recording alice = as(one, "alice", "holder");
    Answer held = alice.acquire(key, "workstation");
    assertThat(held.status()).isEqualTo(200);

    installation.putCallers("{\"bareLicenseKey\":\"Denied\",\"issuers\":[]}");
    try {
      for (Recording instance : List.of(one, two)) {
        Awaitility.await()
            .atMost(WITHIN)
            .until(() -> as(instance, "alice", "holder").acquire(key, "other").status() == 401);
      }
      assertThat(
              two.bearing(held.text("signed_token"))
                  .heartbeat(held.text("session_id"))
                  .text("status"))
          .isEqualTo("ok");
    } finally {
      installation.putCallers(trusting(ISSUER));
      for (Recording instance : List.of(one, two)) {
        Awaitility.await()
            .atMost(WITHIN)
            .until(() -> as(instance, "victor", "viewer").get("/api/v1/sessions").status() == 200);
      }
    }
  }

  private static Recording as(Recording instance, String subject, String role) {
    return instance.bearing(OIDC.token(subject, "licences", Map.of("roles", role), 60));
  }

  private static String trusting(String issuer) {
    return """
        {"bareLicenseKey": "Denied", "issuers": [{"issuer": "%s", "audience": "licences", "roles": [
          {"role": "Holder", "claim": "roles", "values": ["holder"]},
          {"role": "Viewer", "claim": "roles", "values": ["viewer"]},
          {"role": "Admin", "claim": "roles", "values": ["admin"]}]}]}
        """
        .formatted(issuer);
  }
}
