package ai.coditect.licensing.tokens;

import static ai.coditect.licensing.tokens.Forge.NOW;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the vectors of {@code clients/vectors} do not hold: every bit, every length, noise. */
class SeatVerifierTest {

  private static final long SECOND = NOW.getEpochSecond();
  private static final String STATEMENT = Forge.statement();
  private static final String TOKEN = Forge.token();

  private final SeatVerifier verifier = SeatVerifier.pinnedTo(List.of(TestRoot.ACME.publicKey()));

  @Nested
  class AGenuinePair {

    @Test
    void isValidAndGivesItsClaims() {
      SeatToken token = valid(verifier.verify(TOKEN, STATEMENT, NOW));

      assertThat(token.subject()).isEqualTo("s-1");
      assertThat(token.slot()).isEqualTo(7);
      assertThat(token.generation()).isEqualTo(3);
      assertThat(token.entitlements()).containsExactly("mesh", "render");
      assertThat(token.expiresAt()).isEqualTo(NOW.plusSeconds(300));
    }

    @Test
    void staysValidWithClaimsThisVersionDoesNotKnow() {
      String token = Forge.token(claims -> claims.replace("{", "{\"later\":{\"a\":[1,{}]},"));

      assertThat(verifier.verify(token, STATEMENT, NOW)).isInstanceOf(Verdict.Valid.class);
    }

    @Test
    void isValidToTheLastInstantBeforeItsEndAndNotAtIt() {
      Instant end = NOW.plusSeconds(300);

      assertThat(verifier.verify(TOKEN, STATEMENT, end.minusNanos(1)))
          .isInstanceOf(Verdict.Valid.class);
      assertThat(reason(verifier.verify(TOKEN, STATEMENT, end))).isEqualTo(Reason.EXPIRED);
    }

    @Test
    void isValidForAClockThatIsTwoSecondsBehindAndNoMore() {
      Instant start = NOW.minusSeconds(60);

      assertThat(verifier.verify(TOKEN, STATEMENT, start.minusSeconds(2)))
          .isInstanceOf(Verdict.Valid.class);
      assertThat(reason(verifier.verify(TOKEN, STATEMENT, start.minusSeconds(2).minusNanos(1))))
          .isEqualTo(Reason.NOT_YET_VALID);
    }

    @Test
    void mayEndTogetherWithItsStatement() {
      String statement = statementEnding(SECOND + 300);

      assertThat(verifier.verify(TOKEN, statement, NOW)).isInstanceOf(Verdict.Valid.class);
    }

    @Test
    void isValidUnderAnyOfSeveralRoots() {
      SeatVerifier both =
          SeatVerifier.pinnedTo(List.of(TestRoot.OTHER.publicKey(), TestRoot.ACME.publicKey()));

      assertThat(both.verify(TOKEN, STATEMENT, NOW)).isInstanceOf(Verdict.Valid.class);
    }

    @Test
    void isRefusedWhereAnotherTenantOrProductIsExpected() {
      assertThat(verifier.forTenant("acme").forProduct("cad").verify(TOKEN, STATEMENT, NOW))
          .isInstanceOf(Verdict.Valid.class);
      assertThat(reason(verifier.forTenant("other").verify(TOKEN, STATEMENT, NOW)))
          .isEqualTo(Reason.NOT_EXPECTED);
      assertThat(reason(verifier.forProduct("cam").verify(TOKEN, STATEMENT, NOW)))
          .isEqualTo(Reason.NOT_EXPECTED);
    }

    @Test
    void isRefusedOnAnotherMachine() {
      // NIST's test vector: the machine that calls itself "abc".
      String hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
      String token =
          Forge.token(claims -> claims.replaceAll("\"hwh\":\"\\w+", "\"hwh\":\"" + hash));
      SeatVerifier strict = verifier.forHardware("abc").forTenant("acme").forProduct("cad");

      assertThat(strict.verify(token, STATEMENT, NOW)).isInstanceOf(Verdict.Valid.class);
      assertThat(reason(strict.verify(TOKEN, STATEMENT, NOW))).isEqualTo(Reason.NOT_EXPECTED);
      assertThat(reason(verifier.forHardware("abd").verify(token, STATEMENT, NOW)))
          .isEqualTo(Reason.NOT_EXPECTED);
    }
  }

  @Nested
  class ATokenIsRefused {

    @ParameterizedTest
    @ValueSource(
        strings = {
          "iss", "aud", "sub", "tenant", "pool", "slot", "gen", "ent", "iat", "nbf", "exp", "jti",
          "hwh"
        })
    void withoutAnyOfItsClaims(String name) {
      String token = Forge.token(claims -> claims.replace("\"" + name + "\":", "\"x\":"));

      assertThat(verifier.verify(token, STATEMENT, NOW))
          .isEqualTo(new Verdict.Invalid(Reason.CLAIM_MISSING, "token: no claim \"" + name + "\""));
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "iss", "aud", "sub", "tenant", "pool", "slot", "gen", "ent", "iat", "nbf", "exp", "jti",
          "hwh"
        })
    void withAnyOfItsClaimsOfAnotherType(String name) {
      for (String value : List.of("null", "true", "{}", "[[]]", "1.5", "-1", "\"\"")) {
        String token =
            Forge.token(
                claims ->
                    claims.replaceFirst(
                        "\"" + name + "\":(\\[[^]]*]|\"[^\"]*\"|\\d+)",
                        "\"" + name + "\":" + value));

        assertThat(reason(verifier.verify(token, STATEMENT, NOW)))
            .as(value)
            .isEqualTo(Reason.CLAIM_MALFORMED);
      }
    }

    @Test
    void whenItOutlivesItsStatement() {
      assertThat(reason(verifier.verify(TOKEN, statementEnding(SECOND + 299), NOW)))
          .isEqualTo(Reason.OUTLIVES_STATEMENT);
    }

    @Test
    void underAStatementOfTheSameRootForAnotherTenant() {
      String statement = Forge.statement(claims -> claims.replace("acme", "zeta"));

      assertThat(reason(verifier.verify(TOKEN, statement, NOW))).isEqualTo(Reason.TENANT_MISMATCH);
    }

    @Test
    void whenAnyOneOfItsBitsIsFlipped() {
      byte[] bytes = TOKEN.getBytes(UTF_8);
      for (int i = 0; i < bytes.length; i++) {
        byte[] damaged = bytes.clone();
        damaged[i] ^= (byte) (1 << (i % 7));

        assertThat(verifier.verify(new String(damaged, UTF_8), STATEMENT, NOW))
            .as("byte %d", i)
            .isInstanceOf(Verdict.Invalid.class);
      }
    }

    @Test
    void whenItIsCutOffAnywhere() {
      for (int length = 0; length < TOKEN.length(); length++) {
        assertThat(verifier.verify(TOKEN.substring(0, length), STATEMENT, NOW))
            .as("first %d characters", length)
            .isInstanceOf(Verdict.Invalid.class);
      }
    }

    @Test
    void withoutRepeatingWhatWasReceived() {
      String token =
          Forge.token(Forge.tokenHeader().replace(Forge.leafId(), "'; DROP"), Forge.tokenClaims());

      assertThat(verifier.verify(token, STATEMENT, NOW))
          .isEqualTo(
              new Verdict.Invalid(
                  Reason.UNKNOWN_LEAF, "token: the statement certifies another key"));
    }
  }

  @Nested
  class AStatementIsRefused {

    @ParameterizedTest
    @ValueSource(strings = {"iss", "tenant", "iat", "nbf", "exp", "cnf", "jwk"})
    void withoutAnyOfItsClaims(String name) {
      String statement = Forge.statement(claims -> claims.replace("\"" + name + "\":", "\"x1\":"));

      assertThat(reason(verifier.verify(TOKEN, statement, NOW))).isEqualTo(Reason.CLAIM_MISSING);
    }

    @Test
    void fromTheInstantOfItsEnd() {
      Instant end = NOW.plusSeconds(11 * 3600);
      assertThat(reason(verifier.verifyStatement(STATEMENT, end)))
          .isEqualTo(Reason.STATEMENT_EXPIRED);
      assertThat(verifier.verifyStatement(STATEMENT, end.minusNanos(1)))
          .isInstanceOf(StatementVerdict.Valid.class);
    }

    @Test
    void beforeItsTimeHasCome() {
      Instant early = NOW.minusSeconds(3603);

      assertThat(reason(verifier.verifyStatement(STATEMENT, early)))
          .isEqualTo(Reason.STATEMENT_NOT_YET_VALID);
    }

    @Test
    void whenTheVerifierIsForAnotherTenant() {
      assertThat(reason(verifier.forTenant("other").verifyStatement(STATEMENT, NOW)))
          .isEqualTo(Reason.NOT_EXPECTED);
    }
  }

  @Nested
  class AVerifier {

    @Test
    void needsARoot() {
      assertThatIllegalArgumentException().isThrownBy(() -> SeatVerifier.pinnedTo(List.of()));
    }

    @Test
    void refusesAWeakRoot() {
      List<RSAPublicKey> weak = List.of(new TestRoot(2048).publicKey());

      assertThatIllegalArgumentException().isThrownBy(() -> SeatVerifier.pinnedTo(weak));
    }

    @Test
    void neverThrowsWhateverItIsHanded() {
      long seed = System.nanoTime();
      Random random = new Random(seed);
      for (int i = 0; i < 2_000; i++) {
        String noise = noise(random);
        assertThatCode(() -> verifier.verify(noise, STATEMENT, NOW))
            .as("seed %d", seed)
            .doesNotThrowAnyException();
        assertThatCode(() -> verifier.verifyStatement(noise, NOW))
            .as("seed %d", seed)
            .doesNotThrowAnyException();
      }
    }
  }

  private static String statementEnding(long second) {
    return Forge.statement(claims -> claims.replaceFirst("\"exp\":\\d+", "\"exp\":" + second));
  }

  private static String noise(Random random) {
    byte[] bytes = new byte[random.nextInt(200)];
    random.nextBytes(bytes);
    return switch (random.nextInt(4)) {
      case 0 -> new String(bytes, UTF_8);
      case 1 -> Forge.encode(bytes) + "." + Forge.encode(bytes) + "." + Forge.encode(bytes);
      case 2 -> spliced(TOKEN, random);
      default -> spliced(STATEMENT, random);
    };
  }

  private static String spliced(String text, Random random) {
    int at = random.nextInt(text.length());
    int from = random.nextInt(text.length());
    return text.substring(0, at) + text.substring(from);
  }

  private static SeatToken valid(Verdict verdict) {
    assertThat(verdict).isInstanceOf(Verdict.Valid.class);
    return ((Verdict.Valid) verdict).token();
  }

  private static Reason reason(Verdict verdict) {
    assertThat(verdict).isInstanceOf(Verdict.Invalid.class);
    return ((Verdict.Invalid) verdict).reason();
  }

  private static Reason reason(StatementVerdict verdict) {
    assertThat(verdict).isInstanceOf(StatementVerdict.Invalid.class);
    return ((StatementVerdict.Invalid) verdict).reason();
  }
}
