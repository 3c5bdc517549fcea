package ai.coditect.licensing.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.Test;

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
}
