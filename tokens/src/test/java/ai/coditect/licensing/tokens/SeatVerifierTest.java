package ai.coditect.licensing.tokens;

import static ai.coditect.licensing.tokens.Forge.NOW;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SeatVerifierTest {

  private static final long SECOND = NOW.getEpochSecond();
  private static final String EXP = "\"exp\":" + (SECOND + 300);
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

    @ParameterizedTest(name = "{0}")
    @MethodSource("ai.coditect.licensing.tokens.SeatVerifierTest#hostileTokens")
    void because(String what, Reason reason, String token) {
      assertThat(reason(verifier.verify(token, STATEMENT, NOW))).isEqualTo(reason);
    }

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

    @ParameterizedTest(name = "{0}")
    @MethodSource("ai.coditect.licensing.tokens.SeatVerifierTest#hostileStatements")
    void because(String what, Reason reason, String statement) {
      assertThat(reason(verifier.verify(TOKEN, statement, NOW))).isEqualTo(reason);
    }

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

  static Stream<Arguments> hostileTokens() {
    String header = Forge.tokenHeader();
    String claims = Forge.tokenClaims();
    String[] parts = TOKEN.split("\\.", 3);
    return Stream.of(
        // Algorithms
        arguments(
            "alg none without signature",
            Reason.ALGORITHM_NOT_ALLOWED,
            Forge.encode(header.replace("ES256", "none")) + "." + parts[1] + "."),
        arguments(
            "alg nOnE with the old signature",
            Reason.ALGORITHM_NOT_ALLOWED,
            Forge.encode(header.replace("ES256", "nOnE")) + "." + parts[1] + "." + parts[2]),
        arguments("HS256 with the leaf's public key", Reason.ALGORITHM_NOT_ALLOWED, hmacToken()),
        arguments(
            "ES384",
            Reason.ALGORITHM_NOT_ALLOWED,
            Forge.token(header.replace("ES2", "ES3"), claims)),
        arguments(
            "es256 in small letters",
            Reason.ALGORITHM_NOT_ALLOWED,
            Forge.token(header.replace("ES256", "es256"), claims)),
        arguments(
            "alg as a list",
            Reason.ALGORITHM_NOT_ALLOWED,
            Forge.token(header.replace("\"ES256\"", "[\"ES256\"]"), claims)),
        arguments(
            "no alg",
            Reason.ALGORITHM_NOT_ALLOWED,
            Forge.token(header.replace("alg", "al"), claims)),
        arguments(
            "signed by the root itself",
            Reason.ALGORITHM_NOT_ALLOWED,
            Forge.statement(
                TestRoot.ACME,
                Forge.statementHeader(TestRoot.ACME.id()).replace("keystmt", "seat"),
                claims)),
        // Types
        arguments("a statement in place of a token", Reason.ALGORITHM_NOT_ALLOWED, STATEMENT),
        arguments(
            "typ JWT",
            Reason.TYPE_NOT_ALLOWED,
            Forge.token(header.replace("seat+jwt", "JWT"), claims)),
        arguments(
            "typ keystmt+jwt",
            Reason.TYPE_NOT_ALLOWED,
            Forge.token(header.replace("seat+jwt", "keystmt+jwt"), claims)),
        arguments(
            "typ application/seat+jwt",
            Reason.TYPE_NOT_ALLOWED,
            Forge.token(header.replace("seat+jwt", "application/seat+jwt"), claims)),
        arguments(
            "no typ", Reason.TYPE_NOT_ALLOWED, Forge.token(header.replace("typ", "ty"), claims)),
        // Header
        arguments("crit", Reason.HEADER_NOT_ALLOWED, withHeader("\"crit\":[\"b64\"]")),
        arguments("empty crit", Reason.HEADER_NOT_ALLOWED, withHeader("\"crit\":[]")),
        arguments("b64", Reason.HEADER_NOT_ALLOWED, withHeader("\"b64\":false")),
        arguments("jku", Reason.HEADER_NOT_ALLOWED, withHeader("\"jku\":\"https://evil.test/\"")),
        arguments("x5u", Reason.HEADER_NOT_ALLOWED, withHeader("\"x5u\":\"https://evil.test/\"")),
        arguments("x5c", Reason.HEADER_NOT_ALLOWED, withHeader("\"x5c\":[\"MIIB\"]")),
        arguments("jwk", Reason.HEADER_NOT_ALLOWED, withHeader("\"jwk\":" + Forge.leafJwk())),
        arguments("zip", Reason.HEADER_NOT_ALLOWED, withHeader("\"zip\":\"DEF\"")),
        // Keys
        arguments("kid as a path", Reason.UNKNOWN_LEAF, withKid("../../../dev/null")),
        arguments("kid as SQL", Reason.UNKNOWN_LEAF, withKid("x' UNION SELECT 'k")),
        arguments("kid of 10 kB", Reason.UNKNOWN_LEAF, withKid("k".repeat(10_000))),
        arguments("empty kid", Reason.UNKNOWN_LEAF, withKid("")),
        arguments("kid with a blank after it", Reason.UNKNOWN_LEAF, withKid(Forge.leafId() + " ")),
        arguments("kid of the root", Reason.UNKNOWN_LEAF, withKid(TestRoot.ACME.id())),
        arguments(
            "kid as a number",
            Reason.UNKNOWN_LEAF,
            Forge.token(header.replace("\"" + Forge.leafId() + "\"", "1"), claims)),
        arguments(
            "no kid",
            Reason.UNKNOWN_LEAF,
            Forge.token("{\"alg\":\"ES256\",\"typ\":\"seat+jwt\"}", claims)),
        // Signatures
        arguments("ECDSA zeros", Reason.BAD_SIGNATURE, withSignature(new byte[64])),
        arguments("ECDSA r = s = order", Reason.BAD_SIGNATURE, withSignature(orderTwice())),
        arguments("empty signature", Reason.BAD_SIGNATURE, withSignature(new byte[0])),
        arguments("signature one byte short", Reason.BAD_SIGNATURE, withSignature(resized(63))),
        arguments("signature one byte long", Reason.BAD_SIGNATURE, withSignature(resized(65))),
        arguments("signature in DER", Reason.BAD_SIGNATURE, withSignature(derSignature())),
        arguments(
            "signature of other claims",
            Reason.BAD_SIGNATURE,
            parts[0] + "." + Forge.encode(claims.replace("cad", "cam")) + "." + parts[2]),
        arguments(
            "another leaf's signature",
            Reason.BAD_SIGNATURE,
            Forge.token(OtherLeaf.PAIR.getPrivate(), header, claims)),
        // Form
        arguments("empty", Reason.MALFORMED, ""),
        arguments("two parts", Reason.MALFORMED, parts[0] + "." + parts[1]),
        arguments("four parts", Reason.MALFORMED, TOKEN + ".e30"),
        arguments("a line break after it", Reason.MALFORMED, TOKEN + "\n"),
        arguments("a blank before it", Reason.MALFORMED, " " + TOKEN),
        arguments("padding", Reason.MALFORMED, TOKEN + "=="),
        arguments("base64 instead of base64url", Reason.MALFORMED, TOKEN.replace(parts[2], "ab+/")),
        arguments("unused bits set", Reason.MALFORMED, parts[0] + "." + parts[1] + ".AB"),
        arguments("a JWS within a JWS", Reason.MALFORMED, Forge.token(header, TOKEN)),
        arguments("claims in a list", Reason.MALFORMED, Forge.token(header, "[" + claims + "]")),
        arguments("no claims at all", Reason.MALFORMED, Forge.token(header, "")),
        arguments("two objects", Reason.MALFORMED, Forge.token(header, claims + "{}")),
        arguments("a byte after the claims", Reason.MALFORMED, Forge.token(header, claims + "\0")),
        arguments("comments", Reason.MALFORMED, Forge.token(header, claims.replace("{", "{/* */"))),
        arguments(
            "a comma too many", Reason.MALFORMED, Forge.token(header, claims.replace("}", ",}"))),
        arguments(
            "claims in UTF-16",
            Reason.MALFORMED,
            Forge.token(
                Forge.LEAF.getPrivate(),
                header,
                claims.getBytes(java.nio.charset.StandardCharsets.UTF_16BE))),
        arguments(
            "broken UTF-8",
            Reason.MALFORMED,
            Forge.token(
                Forge.LEAF.getPrivate(),
                header,
                claims
                    .replace("s-1", "s-\u00ff")
                    .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1))),
        arguments(
            "a claim twice",
            Reason.MALFORMED,
            Forge.token(header, claims.replace("{", "{\"tenant\":\"zeta\","))),
        arguments(
            "a claim twice, once escaped",
            Reason.MALFORMED,
            Forge.token(header, claims.replace("{", "{\"\\u0074enant\":\"zeta\","))),
        arguments(
            "a name twice in an unknown claim",
            Reason.MALFORMED,
            Forge.token(header, claims.replace("{", "{\"z\":{\"a\":1,\"a\":2},"))),
        arguments(
            "a header name twice",
            Reason.MALFORMED,
            Forge.token(header.replace("{", "{\"alg\":\"none\","), claims)),
        arguments(
            "deep nesting",
            Reason.MALFORMED,
            Forge.token(header, claims.replace("{", "{\"z\":" + "[".repeat(5_000)))),
        // Size
        arguments(
            "a header of 1 MB",
            Reason.TOO_LARGE,
            withHeader("\"z\":\"" + "z".repeat(1 << 20) + '"')),
        arguments("a million dots", Reason.TOO_LARGE, ".".repeat(1 << 20)),
        // Claims
        arguments("exp as a string", Reason.CLAIM_MALFORMED, withExp("\"" + (SECOND + 300) + "\"")),
        arguments("exp as a float", Reason.CLAIM_MALFORMED, withExp((SECOND + 300) + ".0")),
        arguments("exp with an exponent", Reason.CLAIM_MALFORMED, withExp("2e9")),
        arguments("exp above 64 bits", Reason.CLAIM_MALFORMED, withExp("18446744073709551617")),
        arguments(
            "exp at the end of 64 bits", Reason.CLAIM_MALFORMED, withExp("9223372036854775807")),
        arguments("exp of a hundred digits", Reason.MALFORMED, withExp("9".repeat(100))),
        arguments("exp with a leading zero", Reason.MALFORMED, withExp("0" + (SECOND + 300))),
        arguments("exp below zero", Reason.CLAIM_MALFORMED, withExp("-1")),
        arguments("exp before nbf", Reason.CLAIM_MALFORMED, withExp("" + (SECOND - 61))),
        arguments("exp now", Reason.EXPIRED, withExp("" + SECOND)),
        arguments(
            "nbf in an hour",
            Reason.NOT_YET_VALID,
            Forge.token(
                c ->
                    c.replace("\"nbf\":" + (SECOND - 60), "\"nbf\":" + (SECOND + 3600))
                        .replace(EXP, "\"exp\":" + (SECOND + 3700)))),
        arguments(
            "two audiences",
            Reason.CLAIM_MALFORMED,
            Forge.token(c -> c.replace("\"aud\":\"cad\"", "\"aud\":[\"cad\",\"cam\"]"))),
        arguments(
            "slot zero",
            Reason.CLAIM_MALFORMED,
            Forge.token(c -> c.replace("\"slot\":7", "\"slot\":0"))),
        arguments(
            "slot above 32 bits",
            Reason.CLAIM_MALFORMED,
            Forge.token(c -> c.replace("\"slot\":7", "\"slot\":4294967303"))),
        arguments(
            "a number among the entitlements",
            Reason.CLAIM_MALFORMED,
            Forge.token(c -> c.replace("\"mesh\"", "1"))),
        arguments(
            "65 entitlements",
            Reason.CLAIM_MALFORMED,
            Forge.token(c -> c.replace("\"mesh\"", "\"a\"" + ",\"a\"".repeat(63)))),
        arguments(
            "a hash in capitals",
            Reason.CLAIM_MALFORMED,
            Forge.token(c -> c.replace("0123456789abcdef", "0123456789ABCDEF"))),
        arguments(
            "issuer of another tenant",
            Reason.TENANT_MISMATCH,
            Forge.token(c -> c.replace("tenant:acme", "tenant:zeta"))),
        arguments(
            "tenant of another issuer",
            Reason.TENANT_MISMATCH,
            Forge.token(c -> c.replace("\"tenant\":\"acme\"", "\"tenant\":\"zeta\""))),
        arguments(
            "issuer and tenant of another",
            Reason.TENANT_MISMATCH,
            Forge.token(c -> c.replace("acme", "zeta"))));
  }

  static Stream<Arguments> hostileStatements() {
    TestRoot root = TestRoot.ACME;
    String header = Forge.statementHeader(root.id());
    String claims = Forge.statementClaims();
    String jwk = Forge.leafJwk();
    String[] parts = STATEMENT.split("\\.", 3);
    return Stream.of(
        arguments(
            "alg none",
            Reason.ALGORITHM_NOT_ALLOWED,
            Forge.encode(header.replace("PS512", "none")) + "." + parts[1] + "."),
        arguments(
            "HS256 with the root's public key", Reason.ALGORITHM_NOT_ALLOWED, hmacStatement()),
        arguments("RS512 by the root", Reason.ALGORITHM_NOT_ALLOWED, pkcs1("RS512")),
        arguments("RS512 told to be PS512", Reason.BAD_SIGNATURE, pkcs1("PS512")),
        arguments(
            "PS256",
            Reason.ALGORITHM_NOT_ALLOWED,
            Forge.statement(root, header.replace("PS512", "PS256"), claims)),
        arguments("a token in place of a statement", Reason.ALGORITHM_NOT_ALLOWED, TOKEN),
        arguments(
            "typ seat+jwt",
            Reason.TYPE_NOT_ALLOWED,
            Forge.statement(root, header.replace("keystmt", "seat"), claims)),
        arguments(
            "no typ",
            Reason.TYPE_NOT_ALLOWED,
            Forge.statement(root, header.replace("typ", "ty"), claims)),
        arguments(
            "crit",
            Reason.HEADER_NOT_ALLOWED,
            Forge.statement(root, header.replace("{", "{\"crit\":[\"exp\"],"), claims)),
        arguments(
            "jwk in its header",
            Reason.HEADER_NOT_ALLOWED,
            Forge.statement(
                TestRoot.OTHER, header.replace("{", "{\"jwk\":{\"kty\":\"RSA\"},"), claims)),
        arguments(
            "another tenant's root",
            Reason.UNKNOWN_ROOT,
            Forge.statement(TestRoot.OTHER, Forge.statementHeader(TestRoot.OTHER.id()), claims)),
        arguments(
            "another tenant's root with a copied kid",
            Reason.BAD_SIGNATURE,
            Forge.statement(TestRoot.OTHER, header, claims)),
        arguments(
            "no kid",
            Reason.UNKNOWN_ROOT,
            Forge.statement(root, "{\"alg\":\"PS512\",\"typ\":\"keystmt+jwt\"}", claims)),
        arguments(
            "self-signed by a leaf",
            Reason.ALGORITHM_NOT_ALLOWED,
            Forge.token(header.replace("PS512", "ES256"), claims)),
        arguments(
            "signature of zeros",
            Reason.BAD_SIGNATURE,
            parts[0] + "." + parts[1] + "." + Forge.encode(new byte[512])),
        arguments(
            "a signature of half the length",
            Reason.BAD_SIGNATURE,
            parts[0] + "." + parts[1] + "." + Forge.encode(new byte[256])),
        arguments("bytes after it", Reason.BAD_SIGNATURE, STATEMENT + "AAAA"),
        arguments("empty", Reason.MALFORMED, ""),
        arguments(
            "a name twice",
            Reason.MALFORMED,
            Forge.statement(c -> c.replace("{\"crv\"", "{\"kty\":\"EC\",\"crv\""))),
        arguments("1 MB", Reason.TOO_LARGE, "e30." + "A".repeat(1 << 20) + ".e30"),
        arguments(
            "issuer of another tenant",
            Reason.TENANT_MISMATCH,
            Forge.statement(c -> c.replace("tenant:acme", "tenant:zeta"))),
        arguments(
            "a life of more than a day",
            Reason.STATEMENT_TOO_LONG,
            statementEnding(SECOND + 82_801)),
        arguments(
            "an end before its start", Reason.CLAIM_MALFORMED, statementEnding(SECOND - 3601)),
        arguments("an end in the past", Reason.STATEMENT_EXPIRED, statementEnding(SECOND - 1)),
        arguments(
            "exp as a string",
            Reason.CLAIM_MALFORMED,
            Forge.statement(c -> c.replaceFirst("\"exp\":(\\d+)", "\"exp\":\"$1\""))),
        arguments(
            "a leaf with its private half",
            Reason.LEAF_NOT_ALLOWED,
            Forge.statement(c -> c.replace("\"crv\"", "\"d\":\"AA\",\"crv\""))),
        arguments(
            "an RSA leaf",
            Reason.LEAF_NOT_ALLOWED,
            Forge.statement(c -> c.replace(jwk, "{\"kty\":\"RSA\",\"n\":\"AQ\",\"e\":\"AQAB\"}"))),
        arguments(
            "a symmetric leaf",
            Reason.LEAF_NOT_ALLOWED,
            Forge.statement(c -> c.replace(jwk, "{\"kty\":\"oct\",\"k\":\"AQ\"}"))),
        arguments(
            "a leaf on another curve",
            Reason.LEAF_NOT_ALLOWED,
            Forge.statement(c -> c.replace("P-256", "secp256k1"))),
        arguments(
            "a leaf off its curve",
            Reason.LEAF_NOT_ALLOWED,
            Forge.statement(c -> c.replace(Forge.y(), Forge.x()))),
        arguments(
            "a leaf with a short coordinate",
            Reason.LEAF_NOT_ALLOWED,
            Forge.statement(c -> c.replace(Forge.y(), "AQAB"))),
        arguments(
            "a leaf whose coordinate is a number",
            Reason.LEAF_NOT_ALLOWED,
            Forge.statement(c -> c.replace("\"" + Forge.y() + "\"", "1"))),
        arguments(
            "a leaf with a non-canonical coordinate",
            Reason.MALFORMED,
            Forge.statement(c -> c.replace(Forge.y(), Forge.y() + "="))),
        arguments(
            "a leaf by reference",
            Reason.CLAIM_MISSING,
            Forge.statement(c -> c.replace("{\"jwk\":" + jwk, "{\"jku\":\"https://evil.test/\""))),
        arguments(
            "a leaf as text",
            Reason.CLAIM_MALFORMED,
            Forge.statement(c -> c.replace(jwk, "\"" + Forge.leafId() + "\""))));
  }

  private static final class OtherLeaf {
    private static final java.security.KeyPair PAIR = pair();

    private static java.security.KeyPair pair() {
      try {
        java.security.KeyPairGenerator generator = java.security.KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        return generator.generateKeyPair();
      } catch (java.security.GeneralSecurityException e) {
        throw new AssertionError(e);
      }
    }
  }

  private static String statementEnding(long second) {
    return Forge.statement(claims -> claims.replaceFirst("\"exp\":\\d+", "\"exp\":" + second));
  }

  private static String withExp(String value) {
    return Forge.token(claims -> claims.replace(EXP, "\"exp\":" + value));
  }

  private static String withHeader(String member) {
    return Forge.token(Forge.tokenHeader().replace("{", "{" + member + ","), Forge.tokenClaims());
  }

  private static String withKid(String kid) {
    return Forge.token(Forge.tokenHeader().replace(Forge.leafId(), kid), Forge.tokenClaims());
  }

  private static String withSignature(byte[] signature) {
    return TOKEN.substring(0, TOKEN.lastIndexOf('.') + 1) + Forge.encode(signature);
  }

  private static byte[] resized(int length) {
    return Arrays.copyOf(
        Base64.getUrlDecoder().decode(TOKEN.substring(TOKEN.lastIndexOf('.') + 1)), length);
  }

  private static byte[] orderTwice() {
    byte[] order =
        java.util.HexFormat.of()
            .parseHex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
    byte[] twice = Arrays.copyOf(order, 64);
    System.arraycopy(order, 0, twice, 32, 32);
    return twice;
  }

  private static byte[] derSignature() {
    try {
      java.security.Signature signature = java.security.Signature.getInstance("SHA256withECDSA");
      signature.initSign(Forge.LEAF.getPrivate());
      signature.update(TOKEN.substring(0, TOKEN.lastIndexOf('.')).getBytes(UTF_8));
      return signature.sign();
    } catch (java.security.GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static String pkcs1(String toldAlgorithm) {
    String input =
        Forge.encode(Forge.statementHeader(TestRoot.ACME.id()).replace("PS512", toldAlgorithm))
            + "."
            + Forge.encode(Forge.statementClaims());
    byte[] signature = TestRoot.ACME.sign("SHA512withRSA", input.getBytes(UTF_8));
    return input + "." + Forge.encode(signature);
  }

  private static String hmacToken() {
    return hmac(
        Forge.tokenHeader().replace("ES256", "HS256"),
        Forge.tokenClaims(),
        Forge.LEAF.getPublic().getEncoded());
  }

  private static String hmacStatement() {
    return hmac(
        Forge.statementHeader(TestRoot.ACME.id()).replace("PS512", "HS256"),
        Forge.statementClaims(),
        RootKeyText.toPem(TestRoot.ACME.publicKey()).getBytes(UTF_8));
  }

  private static String hmac(String header, String claims, byte[] key) {
    try {
      String input = Forge.encode(header) + "." + Forge.encode(claims);
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return input + "." + Forge.encode(mac.doFinal(input.getBytes(UTF_8)));
    } catch (java.security.GeneralSecurityException e) {
      throw new AssertionError(e);
    }
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
