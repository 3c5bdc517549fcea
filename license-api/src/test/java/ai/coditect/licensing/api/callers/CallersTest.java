package ai.coditect.licensing.api.callers;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.api.callers.BearerTokens.Trust;
import ai.coditect.licensing.api.fakes.TestIssuer;
import com.github.benmanes.caffeine.cache.Ticker;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import java.time.Clock;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallersTest {

  private static final String AUDIENCE = "licences";

  /** {@code null.{}.x}, encoded. */
  private static final String NULL_HEADER = "bnVsbA.e30.AA";

  /** A JWE, whose claims nobody can read. */
  private static final String ENCRYPTED = "eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0..AA.AA.AA";

  /** Than an issuer is asked for its keys in a moment. */
  private static final int MORE_THAN_FETCHES = 5;

  private static final TestIssuer OIDC = TestIssuer.start("acme");
  private static final String ISSUER = OIDC.url();

  private final Callers onlyWithToken = callers(false, ISSUER);

  @AfterAll
  static void stop() {
    OIDC.close();
  }

  @Test
  void aTokenOfTheIssuerForTheAudienceIsAdmitted() {
    assertThat(admit(onlyWithToken, token("acme", AUDIENCE, 60)))
        .isInstanceOf(CallerResult.Admitted.class);
  }

  @Test
  void aCallerIsTheSameWithItsNextToken() {
    CallerResult first = admit(onlyWithToken, token("acme", AUDIENCE, 60));

    assertThat(admit(onlyWithToken, token("acme", AUDIENCE, 90))).isEqualTo(first);
    assertThat(((CallerResult.Admitted) first).caller().principal()).isNotEmpty();
  }

  @Test
  void aTokenIsAdmittedAgainFromMemory() {
    String token = token("acme", AUDIENCE, 60);
    admit(onlyWithToken, token);

    assertThat(admit(onlyWithToken, token)).isInstanceOf(CallerResult.Admitted.class);
  }

  @Test
  void withoutATokenABareKeyIsNotEnoughWhereItIsDenied() {
    assertThat(onlyWithToken.admit(Optional.empty())).isInstanceOf(CallerResult.Refused.class);
  }

  @Test
  void withoutATokenABareKeyIsEnoughWhereItIsAllowed() {
    assertThat(callers(true, ISSUER).admit(Optional.empty()))
        .isInstanceOf(CallerResult.Admitted.class);
  }

  @Test
  void aBadTokenIsRefusedEvenWhereABareKeyIsAllowed() {
    assertRefused(admit(callers(true, ISSUER), token("acme", "another", 60)));
  }

  @Test
  void anotherAudienceIsRefused() {
    assertRefused(admit(onlyWithToken, token("acme", "another", 60)));
  }

  @Test
  void anotherIssuerIsRefused() {
    assertRefused(admit(onlyWithToken, token("globex", AUDIENCE, 60)));
  }

  @Test
  void anEndedTokenIsRefused() {
    assertRefused(admit(onlyWithToken, token("acme", AUDIENCE, -3_600)));
  }

  @Test
  void anUnsignedTokenIsRefused() {
    assertRefused(admit(onlyWithToken, new PlainJWT(claims()).serialize()));
  }

  @Test
  void aTokenSignedWithAnotherAlgorithmIsRefused() throws Exception {
    SignedJWT jwt =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.HS256).type(JOSEObjectType.JWT).build(), claims());
    jwt.sign(new MACSigner(new byte[32]));

    assertRefused(admit(onlyWithToken, jwt.serialize()));
  }

  @Test
  void aTokenOfAKeyThatTheIssuerDoesNotNameIsRefusedHoweverOftenItComes() throws Exception {
    RSAKey forged = new RSAKeyGenerator(2048).keyID("forged").generate();
    SignedJWT jwt =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.RS256)
                .type(JOSEObjectType.JWT)
                .keyID(forged.getKeyID())
                .build(),
            claims());
    jwt.sign(new RSASSASigner(forged));

    for (int i = 0; i < MORE_THAN_FETCHES; i++) {
      assertRefused(admit(onlyWithToken, jwt.serialize()));
    }
  }

  @Test
  void aChangedTokenIsRefused() {
    String token = token("acme", AUDIENCE, 60);
    char last = token.charAt(token.length() - 10);
    String changed =
        token.substring(0, token.length() - 10)
            + (last == 'A' ? 'B' : 'A')
            + token.substring(token.length() - 9);

    assertRefused(admit(onlyWithToken, changed));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Basic abc",
        "Bearer",
        "Bearer  ",
        "Bearer not-a-jwt",
        "Bearer a.b.c",
        "Bearer " + NULL_HEADER,
        "Bearer " + ENCRYPTED
      })
  void whatIsNoBearerTokenIsRefused(String header) {
    assertRefused(onlyWithToken.admit(Optional.of(header)));
  }

  @Test
  void anIssuerThatIsAwayIsNotTheCallersFault() {
    String away = "http://127.0.0.1:1/acme";
    JWTClaimsSet claims = new JWTClaimsSet.Builder(claims()).issuer(away).build();
    String token = OIDC.token("program", AUDIENCE, Map.of("iss", claims.getIssuer()), 60);

    Callers callers = callers(false, away);
    for (int i = 0; i < MORE_THAN_FETCHES; i++) {
      assertThat(admit(callers, token))
          .isEqualTo(
              new CallerResult.Unavailable(
                  "The keys of the bearer token's issuer cannot be fetched now."));
    }
  }

  private static String token(String issuerId, String audience, long expiry) {
    return OIDC.tokenAs(issuerId, "program", audience, Map.of(), expiry);
  }

  private static JWTClaimsSet claims() {
    return new JWTClaimsSet.Builder()
        .issuer(ISSUER)
        .subject("program")
        .audience(AUDIENCE)
        .expirationTime(Date.from(Clock.systemUTC().instant().plusSeconds(60)))
        .build();
  }

  private static Callers callers(boolean bareLicenseKey, String issuer) {
    TrustedIssuer trusted = TrustedIssuer.of(issuer, AUDIENCE, new DiscoveredKeys(issuer));
    Trust trust = new Trust(trusted, new TokenRules.Oidc(Optional.empty(), Optional.empty()));
    return new Callers(
        bareLicenseKey, new BearerTokens(List.of(trust), Clock.systemUTC(), Ticker.systemTicker()));
  }

  private static CallerResult admit(Callers callers, String token) {
    return callers.admit(Optional.of("Bearer " + token));
  }

  private static void assertRefused(CallerResult result) {
    assertThat(result).isInstanceOf(CallerResult.Refused.class);
  }
}
