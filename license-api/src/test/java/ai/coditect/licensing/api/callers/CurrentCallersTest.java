package ai.coditect.licensing.api.callers;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.api.fakes.ScriptedLedger;
import com.github.benmanes.caffeine.cache.Ticker;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rules that change, and an issuer that counts how often it is asked for its keys. */
class CurrentCallersTest {

  private static final String AUDIENCE = "licences";
  private static final int MANY = 10_000;

  private final ScriptedLedger ledger = new ScriptedLedger();
  private final AtomicInteger fetches = new AtomicInteger();
  private final CurrentCallers callers =
      new CurrentCallers(
          ledger,
          new Trusts("acme", Runnable::run, Clock.systemUTC(), Ticker.systemTicker()),
          Ticker.systemTicker());
  private RSAKey key;
  private HttpServer server;
  private String issuer;

  @BeforeEach
  void startIssuer() throws Exception {
    key = new RSAKeyGenerator(2_048).keyID("known").generate();
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    issuer = "http://127.0.0.1:" + server.getAddress().getPort();
    serve(
        "/.well-known/openid-configuration",
        "{\"issuer\":\"%1$s\",\"jwks_uri\":\"%1$s/keys\"}".formatted(issuer));
    serve("/keys", new JWKSet(key).toString(true));
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
    trusting(issuer);
  }

  @AfterEach
  void stopIssuer() {
    callers.close();
    server.stop(0);
  }

  @Test
  void nobodyIsAdmittedBeforeTheRulesAreKnown() {
    ledger.callers = Optional.empty();
    callers.look();

    assertThat(callers.known()).isFalse();
    assertThat(callers.admit(Optional.empty())).isInstanceOf(CallerResult.Unavailable.class);
  }

  @Test
  void anIssuerThatIsNoLongerTrustedIsRefusedThoughItsTokenWasJustAccepted() throws Exception {
    callers.look();
    String token = token(key);
    assertThat(admit(token)).isInstanceOf(CallerResult.Admitted.class);

    ledger.callers = Optional.of("{\"bareLicenseKey\":\"Denied\",\"issuers\":[]}");
    callers.look();

    assertThat(admit(token)).isInstanceOf(CallerResult.Refused.class);
  }

  @Test
  void changesAreNoticedByThemselves() throws Exception {
    callers.start();
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(callers::known);
    String token = token(key);

    ledger.callers = Optional.of("{}");

    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> admit(token) instanceof CallerResult.Refused);
  }

  @Test
  void whileTheLedgerIsAwayOrSpeaksNonsenseTheRulesBeforeHold() throws Exception {
    callers.look();
    ledger.away = true;
    callers.look();
    assertThat(admit(token(key))).isInstanceOf(CallerResult.Admitted.class);

    ledger.away = false;
    for (String nonsense :
        new String[] {
          "[",
          "null",
          "[]",
          "{\"cluster\":{\"issuer\":\"x\"}}",
          "{\"issuers\":[{\"audience\":\"a\"}]}",
          "{\"issuers\":[null]}"
        }) {
      ledger.callers = Optional.of(nonsense);
      callers.look();
      assertThat(admit(token(key))).as(nonsense).isInstanceOf(CallerResult.Admitted.class);
    }
  }

  @Test
  void anIssuerKeepsItsKeysThoughTheRestOfTheRulesChanges() throws Exception {
    callers.look();
    ledger.callers = ledger.callers.map(rules -> rules.replace("Denied", "Allowed"));
    callers.look();
    server.stop(0);

    assertThat(callers.admit(Optional.empty())).isInstanceOf(CallerResult.Admitted.class);
    assertThat(admit(token(key))).isInstanceOf(CallerResult.Admitted.class);
  }

  @Test
  void unknownKeysCauseNoMoreThanTwoFetchesAMinute() throws Exception {
    callers.look();
    String unknown = token(new RSAKeyGenerator(2_048).keyID("unknown").generate());

    Instant began = Instant.now();
    for (int i = 0; i < MANY; i++) {
      assertThat(admit(unknown)).isInstanceOf(CallerResult.Refused.class);
    }

    long minutes = 1 + Duration.between(began, Instant.now()).toMinutes();
    assertThat(fetches.get()).isLessThanOrEqualTo((int) (2 * minutes));
    assertThat(admit(token(key))).isInstanceOf(CallerResult.Admitted.class);
  }

  @Test
  void knownKeysGoOnThoughTheyCannotBeFetchedAnyMore() throws Exception {
    TrustedIssuer trusted =
        TrustedIssuer.of(
            issuer,
            AUDIENCE,
            new DiscoveredKeys(issuer),
            new TrustedIssuer.Pace(
                Duration.ofMillis(200),
                Duration.ofMillis(100),
                Duration.ofMillis(10),
                Duration.ofMillis(20),
                Duration.ofHours(1)));
    SignedJWT token = SignedJWT.parse(token(key));
    assertThat(trusted.verify(token)).isInstanceOf(TrustedIssuer.Verdict.Accepted.class);
    server.stop(0);
    Instant old = Instant.now().plusMillis(500);

    Awaitility.await()
        .until(
            () -> {
              assertThat(trusted.verify(token)).isInstanceOf(TrustedIssuer.Verdict.Accepted.class);
              return Instant.now().isAfter(old);
            });
  }

  private void trusting(String name) {
    ledger.callers =
        Optional.of(
            "{\"bareLicenseKey\":\"Denied\",\"issuers\":[{\"issuer\":\"%s\",\"audience\":\"%s\"}]}"
                .formatted(name, AUDIENCE));
  }

  private CallerResult admit(String token) {
    return callers.admit(Optional.of("Bearer " + token));
  }

  private void serve(String path, String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    server.createContext(
        path,
        exchange -> {
          if (path.equals("/keys")) {
            fetches.incrementAndGet();
          }
          try (exchange) {
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
          } catch (IOException e) {
            // Whoever asked does not read the answer.
          }
        });
  }

  private String token(RSAKey by) throws Exception {
    JWTClaimsSet claims =
        new JWTClaimsSet.Builder()
            .issuer(issuer)
            .subject("program")
            .audience(AUDIENCE)
            .expirationTime(Date.from(Instant.now().plusSeconds(600)))
            .build();
    JWSHeader header =
        new JWSHeader.Builder(JWSAlgorithm.RS256)
            .type(JOSEObjectType.JWT)
            .keyID(by.getKeyID())
            .build();
    SignedJWT jwt = new SignedJWT(header, claims);
    jwt.sign(new RSASSASigner(by));
    return jwt.serialize();
  }
}
