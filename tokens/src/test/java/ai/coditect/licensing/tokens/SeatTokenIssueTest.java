package ai.coditect.licensing.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SeatTokenIssueTest {

  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

  private final LeafKey leaf = LeafKey.generate();
  private final SeatVerifier verifier = SeatVerifier.pinnedTo(List.of(TestRoot.ACME.publicKey()));

  @Test
  void whatIsIssuedVerifiesAndReadsBackUnchanged() {
    SeatToken claims = claims("cad", NOW.plusSeconds(358), List.of("mesh", "render"));
    String statement = statement(NOW.plus(Duration.ofHours(12)));

    assertThat(verifier.verify(leaf.sign(claims), statement, NOW))
        .isEqualTo(new Verdict.Valid(claims));
  }

  @Test
  void whatAnotherProviderSignsVerifiesAsWell() {
    LeafKey other = LeafKey.generate(new BouncyCastleProvider());
    SeatToken claims = claims("cad", NOW.plusSeconds(358), List.of("mesh"));
    String statement =
        KeyStatement.issue(
            TestRoot.ACME.publicKey(),
            "acme",
            other,
            NOW,
            NOW.plusSeconds(3600),
            TestRoot.ACME::sign);

    assertThat(verifier.verify(other.sign(claims), statement, NOW))
        .isEqualTo(new Verdict.Valid(claims));
  }

  @Test
  void theLongestClaimsStillFitIntoAToken() {
    List<String> entitlements =
        IntStream.range(0, 64).mapToObj(i -> "漢".repeat(61) + "-" + i).toList();
    SeatToken claims = claims("p".repeat(128), NOW.plusSeconds(358), entitlements);

    assertThat(verifier.verify(leaf.sign(claims), statement(NOW.plusSeconds(3600)), NOW))
        .isEqualTo(new Verdict.Valid(claims));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"",
        "\\",
        "\",\"sub\":\"somebody else",
        "\\\"}",
        "a\nb\u0000\u001f\u007f\u2028",
        "</script>",
        "é漢\uD83D\uDE00"
      })
  void aHostileProductNameIsNothingButAProductName(String product) {
    SeatToken claims = claims(product, NOW.plusSeconds(358), List.of(product, "mesh"));

    assertThat(verifier.verify(leaf.sign(claims), statement(NOW.plusSeconds(3600)), NOW))
        .isEqualTo(new Verdict.Valid(claims));
  }

  @Test
  void halfACharacterIsNotSignedAsAnotherOne() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> leaf.sign(claims("cad\uD83D", NOW.plusSeconds(60), List.of())));
  }

  @Test
  void manyThreadsSignAtOnceWithoutSpoilingEachOther() {
    SeatToken claims = claims("cad", NOW.plusSeconds(358), List.of("mesh"));
    List<String> tokens =
        IntStream.range(0, 500).parallel().mapToObj(i -> leaf.sign(claims)).toList();
    String statement = statement(NOW.plusSeconds(3600));

    assertThat(tokens)
        .doesNotHaveDuplicates()
        .extracting(token -> verifier.verify(token, statement, NOW))
        .containsOnly(new Verdict.Valid(claims));
  }

  @Test
  void instantsAreCutToWholeSeconds() {
    SeatToken claims = claims("cad", NOW.plusMillis(358_999), List.of());

    assertThat(claims.expiresAt()).isEqualTo(NOW.plusSeconds(358));
  }

  @Test
  void aLeafRefusesToSignWhatNoVerifierWouldAccept() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> leaf.sign(claims("", NOW.plusSeconds(60), List.of())))
        .withMessageContaining("aud");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> leaf.sign(claims("cad", NOW, List.of())))
        .withMessageContaining("exp");
  }

  @ParameterizedTest
  @MethodSource("unissuable")
  void aLeafSignsNoClaimThatIsOutOfBounds(String claim, SeatToken claims) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> leaf.sign(claims))
        .withMessageContaining("\"" + claim + "\"");
  }

  static Stream<Arguments> unissuable() {
    String tooLong = "x".repeat(201);
    Instant past = Instant.EPOCH.minusSeconds(1);
    Instant future = Instant.parse("9999-12-31T23:59:59Z").plusSeconds(1);
    return Stream.of(
        arguments("iss", with("iss", "")),
        arguments("iss", with("iss", SeatToken.issuerOf("another"))),
        arguments("aud", with("aud", tooLong)),
        arguments("sub", with("sub", "")),
        arguments("tenant", with("tenant", "")),
        arguments("pool", with("pool", tooLong)),
        arguments("slot", with("slot", 0)),
        arguments("gen", with("gen", -1L)),
        arguments("gen", with("gen", 1L << 53)),
        arguments("ent", with("ent", Collections.nCopies(65, "mesh"))),
        arguments("ent", with("ent", List.of(tooLong))),
        arguments("ent", with("ent", List.of(""))),
        arguments("iat", with("iat", past)),
        arguments("nbf", with("nbf", past)),
        arguments("exp", with("exp", future)),
        arguments("exp", with("exp", NOW)),
        arguments("jti", with("jti", "")),
        arguments("hwh", with("hwh", "ab".repeat(31))),
        arguments("hwh", with("hwh", "AB".repeat(32))),
        arguments("hwh", with("hwh", "ag".repeat(32))));
  }

  @Test
  void aRootSignsNoStatementForMoreThanADayAndIsNotEvenAsked() {
    AtomicInteger asked = new AtomicInteger();

    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                KeyStatement.issue(
                    TestRoot.ACME.publicKey(),
                    "acme",
                    leaf,
                    NOW,
                    NOW.plus(Duration.ofHours(24)).plusSeconds(1),
                    digest -> {
                      asked.incrementAndGet();
                      return TestRoot.ACME.sign(digest);
                    }));
    assertThat(asked).hasValue(0);
  }

  @Test
  void aStatementSignedByAnotherKeyNeverLeavesTheIssuer() {
    assertThatIllegalStateException()
        .isThrownBy(() -> statement(NOW.plusSeconds(60), TestRoot.OTHER::sign));
  }

  @Test
  void aStatementWithADamagedSignatureNeverLeavesTheIssuer() {
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                statement(
                    NOW.plusSeconds(60),
                    digest -> {
                      byte[] signature = TestRoot.ACME.sign(digest);
                      signature[100] ^= 4;
                      return signature;
                    }));
  }

  @Test
  void anErrorOfTheSignerReachesTheCaller() {
    RuntimeException away = new RuntimeException("away");

    assertThatThrownBy(
            () ->
                statement(
                    NOW.plusSeconds(60),
                    digest -> {
                      throw away;
                    }))
        .isSameAs(away);
  }

  @Test
  void aStatementNamesTheLeafItCertifies() {
    StatementVerdict verdict = verifier.verifyStatement(statement(NOW.plusSeconds(60)), NOW);

    assertThat(verdict)
        .isEqualTo(
            new StatementVerdict.Valid(
                new KeyStatement("acme", leaf.id(), leaf.publicJwk(), NOW, NOW.plusSeconds(60))));
  }

  @Test
  void noTextOfALeafHoldsItsPrivateHalf() {
    assertThat(leaf.publicJwk()).containsOnlyKeys("kty", "crv", "x", "y", "kid", "use", "alg");
    assertThat(leaf).hasToString("LeafKey[" + leaf.id() + "]");
  }

  @Test
  void aRootIsReadBackFromItsPem() {
    String pem = RootKeyText.toPem(TestRoot.ACME.publicKey());

    assertThat(RootKeyText.fromPem(pem)).isEqualTo(TestRoot.ACME.publicKey());
  }

  @Test
  void textThatIsNotOnePublicKeyIsNoRoot() {
    String pem = RootKeyText.toPem(TestRoot.ACME.publicKey());

    assertThatIllegalArgumentException().isThrownBy(() -> RootKeyText.fromPem(""));
    assertThatIllegalArgumentException().isThrownBy(() -> RootKeyText.fromPem(pem + pem));
    assertThatIllegalArgumentException().isThrownBy(() -> RootKeyText.fromPem(pem.repeat(100)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RootKeyText.fromPem(pem.replace("MII", "AAA")));
  }

  @Test
  void aRootsJwkCarriesItsIdAndPurpose() {
    assertThat(RootKeyText.toJwk(TestRoot.ACME.publicKey()))
        .containsEntry("kid", TestRoot.ACME.id())
        .containsEntry("alg", "PS512")
        .containsEntry("use", "sig")
        .containsOnlyKeys("kty", "n", "e", "kid", "alg", "use");
  }

  private String statement(Instant notAfter) {
    return statement(notAfter, TestRoot.ACME::sign);
  }

  private String statement(Instant notAfter, RootSigner signer) {
    return KeyStatement.issue(TestRoot.ACME.publicKey(), "acme", leaf, NOW, notAfter, signer);
  }

  private static SeatToken claims(String product, Instant expiresAt, List<String> entitlements) {
    return new SeatToken(
        SeatToken.issuerOf("acme"),
        product,
        "f3b2c1d0-0000-4000-8000-000000000001",
        "acme",
        "cad",
        7,
        3,
        entitlements,
        NOW,
        NOW,
        expiresAt,
        "f3b2c1d0-0000-4000-8000-000000000002",
        "ab".repeat(32));
  }

  /** Usual claims but for one. */
  private static SeatToken with(String name, Object value) {
    Map<String, Object> changed = Map.of(name, value);
    return new SeatToken(
        (String) changed.getOrDefault("iss", SeatToken.issuerOf("acme")),
        (String) changed.getOrDefault("aud", "cad"),
        (String) changed.getOrDefault("sub", "session"),
        (String) changed.getOrDefault("tenant", "acme"),
        (String) changed.getOrDefault("pool", "cad"),
        (int) changed.getOrDefault("slot", 1),
        (long) changed.getOrDefault("gen", 0L),
        texts(changed.getOrDefault("ent", List.of())),
        (Instant) changed.getOrDefault("iat", NOW),
        (Instant) changed.getOrDefault("nbf", NOW),
        (Instant) changed.getOrDefault("exp", NOW.plusSeconds(60)),
        (String) changed.getOrDefault("jti", "token"),
        (String) changed.getOrDefault("hwh", "ab".repeat(32)));
  }

  private static List<String> texts(Object list) {
    return ((List<?>) list).stream().map(String.class::cast).toList();
  }
}
