package ai.coditect.licensing.stores.keys;

import static ai.coditect.licensing.stores.keys.KmsUnderTest.wish;
import static ai.coditect.licensing.stores.keys.RootKeys.ProtectionLevel.HSM;
import static ai.coditect.licensing.stores.keys.RootKeys.ProtectionLevel.SOFTWARE;
import static ai.coditect.licensing.stores.keys.Signatures.isPs512;
import static ai.coditect.licensing.stores.keys.Signatures.sha512;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import ai.coditect.licensing.stores.keys.RootKeys.RootKey;
import ai.coditect.licensing.tokens.KeyStatement;
import ai.coditect.licensing.tokens.LeafKey;
import ai.coditect.licensing.tokens.SeatVerifier;
import ai.coditect.licensing.tokens.StatementVerdict;
import com.google.cloud.kms.v1.CryptoKey;
import com.google.cloud.kms.v1.CryptoKey.CryptoKeyPurpose;
import com.google.cloud.kms.v1.CryptoKeyVersion;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionAlgorithm;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionState;
import com.google.cloud.kms.v1.CryptoKeyVersionTemplate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a root key service must do, whether it is Cloud KMS or stands in for it. */
class RootKeysContractTest {

  private static final String TENANT = "acme";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final String SIGNS = "roles/cloudkms.signerVerifier";
  private static final String ANYBODY = "allAuthenticatedUsers";

  /** Domains that Cloud KMS knows without any project. */
  private static final String PODS = "domain:google.com";

  private static final String OTHER_PODS = "domain:cloud.google.com";

  private static KmsUnderTest kms;
  private static RootKeys keys;
  private static RootSigner signer;

  /** A ready key for tests that change nothing. */
  private static String readyId;

  private static RootKey ready;

  private final String keyId = kms.freshKeyId();

  @BeforeAll
  static void start() {
    kms = KmsUnderTest.start();
    keys = kms.open();
    signer = kms.openSigner();
    readyId = kms.freshKeyId();
    ready = ensured(readyId, TENANT);
  }

  @AfterAll
  static void stop() {
    kms.close();
  }

  @AfterEach
  void leaveNoLiveKey() {
    await()
        .atMost(PATIENCE)
        .ignoreExceptionsInstanceOf(KeysUnavailableException.class)
        .untilAsserted(() -> keys.retire(keyId));
  }

  @Test
  void aNewKeyGetsOneVersionThatBecomesUsable() {
    assertThat(ready.version()).isEqualTo(kms.nameOf(readyId) + "/cryptoKeyVersions/1");
    assertThat(ready.publicKey().getModulus().bitLength()).isEqualTo(4096);
  }

  @Test
  void aKeyIsLabelledWithItsTenantAndItsMaker() {
    assertThat(kms.key(readyId).getLabelsMap())
        .containsEntry("tenant", TENANT)
        .containsEntry("managed-by", "licensing-operator");
  }

  @Test
  void aKeyIsForSignaturesByPssWithSha512() {
    CryptoKey key = kms.key(readyId);
    assertThat(key.getPurpose()).isEqualTo(CryptoKeyPurpose.ASYMMETRIC_SIGN);
    assertThat(key.getVersionTemplate().getAlgorithm())
        .isEqualTo(CryptoKeyVersionAlgorithm.RSA_SIGN_PSS_4096_SHA512);
  }

  @Test
  void ensuringAgainFindsTheSameVersion() {
    assertThat(keys.ensure(wish(readyId, TENANT, SOFTWARE))).map(Roots::signing).contains(ready);
    assertThat(kms.versions(readyId)).hasSize(1);
  }

  @Test
  void ensuringFromManySidesAtOnceMakesOneVersion() throws Exception {
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Optional<Roots>>> answers =
          java.util.stream.IntStream.range(0, 8)
              .mapToObj(i -> callers.submit(() -> keys.ensure(wish(keyId, TENANT, SOFTWARE))))
              .toList();
      for (Future<Optional<Roots>> answer : answers) {
        answer.get();
      }
    }

    assertThat(kms.versions(keyId)).hasSize(1);
  }

  @Test
  void anotherProcessFindsTheKeyOfTheFirst() {
    assertThat(kms.open().ensure(wish(readyId, TENANT, SOFTWARE)))
        .map(Roots::signing)
        .contains(ready);
  }

  @Test
  void aVersionIsReadWithoutKnowingTheKeyRing() {
    assertThat(signer.read(ready.version())).isEqualTo(ready);
  }

  @Test
  void aSignatureIsPs512() {
    byte[] signature = signer.sign(ready.version(), sha512("message"));

    assertThat(isPs512(ready.publicKey(), "message", signature)).isTrue();
  }

  @Test
  void twoSignaturesOfOneDigestDiffer() {
    byte[] first = signer.sign(ready.version(), sha512("message"));
    byte[] second = signer.sign(ready.version(), sha512("message"));

    assertThat(first).isNotEqualTo(second);
  }

  @Test
  void aStatementSignedHereVerifiesOffline() {
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    String statement =
        KeyStatement.issue(
            ready.publicKey(),
            TENANT,
            LeafKey.generate(),
            now,
            now.plusSeconds(3600),
            digest -> signer.sign(ready.version(), digest));

    assertThat(SeatVerifier.pinnedTo(List.of(ready.publicKey())).verifyStatement(statement, now))
        .isInstanceOf(StatementVerdict.Valid.class);
  }

  @Test
  void aDigestOfTheWrongLengthIsNotSent() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> signer.sign(ready.version(), new byte[32]))
        .withMessageContaining("64");
  }

  @Test
  void aMissingVersionIsRefusedByName() {
    String missing = kms.nameOf(keyId) + "/cryptoKeyVersions/1";

    assertThatExceptionOfType(KeyRefusedException.class)
        .isThrownBy(() -> signer.read(missing))
        .withMessageContaining(missing);
    assertThatExceptionOfType(KeyRefusedException.class)
        .isThrownBy(() -> signer.sign(missing, sha512("message")))
        .withMessageContaining(missing);
  }

  @Test
  void whatIsNotAVersionsNameIsRefused() {
    assertThatExceptionOfType(KeyRefusedException.class)
        .isThrownBy(() -> signer.read(kms.nameOf(keyId)))
        .withMessageContaining("not the name of a key version");
  }

  @Test
  void aMissingKeyRingIsRefused() {
    String missing = kms.ring() + "-that-is-not-there";
    RootKeys elsewhere = kms.open(kms.settingsFor(missing));

    assertThatExceptionOfType(KeyRefusedException.class)
        .isThrownBy(() -> elsewhere.ensure(wish(keyId, TENANT, SOFTWARE)))
        .withMessageContaining(missing);
  }

  @Test
  void aProcessWithoutAKeyRingMakesNoKeys() {
    KmsSettings ofAnApiPod =
        new KmsSettings(Optional.empty(), kms.settings().endpoint(), kms.settings().plaintext());

    assertThatExceptionOfType(KeyRefusedException.class)
        .isThrownBy(() -> kms.open(ofAnApiPod).ensure(wish(keyId, TENANT, SOFTWARE)))
        .withMessageContaining("No KMS key ring");
  }

  @Test
  void anImpossibleKeyIdIsRefused() {
    assertThatExceptionOfType(KeyRefusedException.class)
        .isThrownBy(() -> keys.ensure(wish("tenant a", TENANT, SOFTWARE)));
  }

  @Test
  void aKeyOfAnotherTenantIsRefused() {
    assertThatExceptionOfType(KeyRefusedException.class)
        .isThrownBy(() -> keys.ensure(wish(readyId, "other", SOFTWARE)))
        .withMessageContaining("labels of tenant other");
  }

  @Test
  void aKeySomebodyElseMadeIsRefused() {
    kms.client().createCryptoKey(kms.ring(), keyId, foreign().clearLabels().build());

    assertThatExceptionOfType(KeyRefusedException.class)
        .isThrownBy(() -> keys.ensure(wish(keyId, TENANT, SOFTWARE)))
        .withMessageContaining("labels");
  }

  @Test
  void aKeyForAnotherAlgorithmIsRefused() {
    kms.client().createCryptoKey(kms.ring(), keyId, foreign().build());
    await()
        .atMost(PATIENCE)
        .until(() -> kms.versions(keyId).getFirst().getState() == CryptoKeyVersionState.ENABLED);

    assertThatExceptionOfType(KeyRefusedException.class)
        .isThrownBy(() -> keys.ensure(wish(keyId, TENANT, SOFTWARE)))
        .withMessageContaining("RSA_SIGN_PSS_2048_SHA256");
    assertThatExceptionOfType(KeyRefusedException.class)
        .isThrownBy(() -> signer.read(kms.versions(keyId).getFirst().getName()));
  }

  @Test
  void aKeyForAnotherPurposeIsRefused() {
    CryptoKey symmetric =
        foreign()
            .setPurpose(CryptoKeyPurpose.ENCRYPT_DECRYPT)
            .setVersionTemplate(
                CryptoKeyVersionTemplate.newBuilder()
                    .setAlgorithm(CryptoKeyVersionAlgorithm.GOOGLE_SYMMETRIC_ENCRYPTION))
            .build();
    kms.client().createCryptoKey(kms.ring(), keyId, symmetric);

    assertThatExceptionOfType(KeyRefusedException.class)
        .isThrownBy(() -> keys.ensure(wish(keyId, TENANT, SOFTWARE)))
        .withMessageContaining("ENCRYPT_DECRYPT");
  }

  @Test
  void aKeyOfAnotherProtectionLevelIsRefused() {
    assertThatExceptionOfType(KeyRefusedException.class)
        .isThrownBy(() -> keys.ensure(wish(readyId, TENANT, HSM)))
        .withMessageContaining("cannot be changed to HSM");
  }

  @Test
  void aDisabledVersionIsRefusedUntilItIsEnabledAgain() {
    RootKey root = ensured(keyId, TENANT);
    kms.setState(root.version(), CryptoKeyVersionState.DISABLED);

    assertThatExceptionOfType(KeyRefusedException.class)
        .isThrownBy(() -> keys.ensure(wish(keyId, TENANT, SOFTWARE)))
        .withMessageContaining("is disabled");
    assertThatExceptionOfType(KeyRefusedException.class)
        .isThrownBy(() -> signer.sign(root.version(), sha512("message")));

    kms.setState(root.version(), CryptoKeyVersionState.ENABLED);
    assertThat(keys.ensure(wish(keyId, TENANT, SOFTWARE))).map(Roots::signing).contains(root);
  }

  @Test
  void ofSeveralEnabledVersionsTheNewestCounts() {
    RootKey first = ensured(keyId, TENANT);
    CryptoKeyVersion second =
        kms.client()
            .createCryptoKeyVersion(kms.nameOf(keyId), CryptoKeyVersion.getDefaultInstance());

    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(ensured(keyId, TENANT).version()).isEqualTo(second.getName()));
    assertThat(signer.read(first.version())).isEqualTo(first);
  }

  @Test
  void aRotationMakesOneMoreVersionOnceAndBothAreBelieved() {
    RootKey first = ensured(keyId, TENANT);

    Roots roots = rotated(keyId, 1, Duration.ofDays(30));
    Roots again = rotated(keyId, 1, Duration.ofDays(30));

    assertThat(kms.versions(keyId)).hasSize(2);
    assertThat(roots.signing()).isEqualTo(first);
    assertThat(roots.live()).extracting(root -> root.key().number()).containsExactly("1", "2");
    assertThat(again).isEqualTo(roots);
  }

  @Test
  void aRotationWithoutAnOverlapSignsAtOnce() {
    ensured(keyId, TENANT);

    Roots roots = rotated(keyId, 1, Duration.ZERO);

    assertThat(roots.signing().number()).isEqualTo("2");
    assertThat(roots.live()).hasSize(2);
    assertThat(signer.sign(roots.signing().version(), sha512("message"))).hasSize(512);
  }

  @Test
  void aRotationIsRememberedInTheLabelsBesideThoseOfOthers() {
    ensured(keyId, TENANT);
    kms.label(keyId, "cost-centre", "42");

    rotated(keyId, 3, Duration.ZERO);

    assertThat(kms.key(keyId).getLabelsMap())
        .containsEntry("rotation", "3")
        .containsEntry("after-version", "1")
        .containsEntry("cost-centre", "42")
        .containsEntry("tenant", TENANT);
  }

  @Test
  void aRotationLowerThanTheLastMakesNothing() {
    ensured(keyId, TENANT);
    rotated(keyId, 2, Duration.ZERO);

    assertThat(rotated(keyId, 1, Duration.ZERO).signing().number()).isEqualTo("2");
    assertThat(kms.versions(keyId)).hasSize(2);
  }

  @Test
  void onlyTheOneThatIsNamedMaySignWithAKey() {
    ensured(keyId, TENANT);
    kms.grant(keyId, "roles/cloudkms.viewer", ANYBODY);
    kms.grant(keyId, SIGNS, ANYBODY);

    keys.ensure(signedBy(PODS));
    assertThat(kms.grants(keyId))
        .containsExactlyInAnyOrder("roles/cloudkms.viewer " + ANYBODY, SIGNS + " " + PODS);

    keys.ensure(signedBy(OTHER_PODS));
    assertThat(kms.grants(keyId)).contains(SIGNS + " " + OTHER_PODS).hasSize(2);
  }

  @Test
  void whereNobodyIsNamedRightsStayAsTheyAre() {
    ensured(keyId, TENANT);
    kms.grant(keyId, SIGNS, ANYBODY);

    ensured(keyId, TENANT);

    assertThat(kms.grants(keyId)).containsExactly(SIGNS + " " + ANYBODY);
  }

  @Test
  void nobodyMaySignWithARetiredKey() {
    ensured(keyId, TENANT);
    keys.ensure(signedBy(PODS));

    keys.retire(keyId);

    assertThat(kms.grants(keyId)).isEmpty();
  }

  @Test
  void aKeyThatIsHandedOverIsSignedWithByThatOneAlone() {
    RootKey root = ensured(keyId, TENANT);
    keys.ensure(signedBy(PODS));

    assertThat(keys.handOver(signedBy(ANYBODY))).contains(root);

    assertThat(kms.grants(keyId)).containsExactly(SIGNS + " " + ANYBODY);
  }

  @Test
  void whatSignsNowIsHandedOver() {
    ensured(keyId, TENANT);
    Roots roots = rotated(keyId, 1, Duration.ofDays(30));

    RootWish wish = new RootWish(keyId, TENANT, SOFTWARE, 1, Duration.ofDays(30), Optional.empty());
    assertThat(keys.handOver(wish)).contains(roots.signing());
  }

  @Test
  void handingOverMakesNothing() {
    assertThat(keys.handOver(signedBy(PODS))).isEmpty();
    ensured(keyId, TENANT);
    keys.retire(keyId);

    assertThat(keys.handOver(signedBy(PODS))).isEmpty();

    assertThat(kms.versions(keyId)).hasSize(1);
    assertThat(kms.grants(keyId)).isEmpty();
  }

  @Test
  void aSigningVersionThatIsDisabledGivesWayToTheNext() {
    RootKey first = ensured(keyId, TENANT);
    rotated(keyId, 1, Duration.ofDays(30));

    kms.setState(first.version(), CryptoKeyVersionState.DISABLED);

    Roots roots = rotated(keyId, 1, Duration.ofDays(30));
    assertThat(roots.signing().number()).isEqualTo("2");
    assertThat(roots.live()).hasSize(1);
  }

  @Test
  void aRetiredKeyNeitherSignsNorIsRead() {
    RootKey root = ensured(keyId, TENANT);

    keys.retire(keyId);

    assertThat(kms.versions(keyId))
        .extracting(CryptoKeyVersion::getState)
        .containsExactly(CryptoKeyVersionState.DESTROY_SCHEDULED);
    assertThatExceptionOfType(KeyRefusedException.class)
        .isThrownBy(() -> signer.sign(root.version(), sha512("message")));
    assertThatExceptionOfType(KeyRefusedException.class)
        .isThrownBy(() -> signer.read(root.version()));
  }

  @Test
  void retiringAgainOrRetiringNothingDoesNothing() {
    ensured(keyId, TENANT);
    keys.retire(keyId);

    assertThatCode(() -> keys.retire(keyId)).doesNotThrowAnyException();
    assertThatCode(() -> keys.retire(kms.freshKeyId())).doesNotThrowAnyException();
  }

  @Test
  void aRetirementThatStoppedHalfwayIsCompleted() {
    RootKey root = ensured(keyId, TENANT);
    kms.setState(root.version(), CryptoKeyVersionState.DISABLED);

    keys.retire(keyId);

    assertThat(kms.versions(keyId))
        .extracting(CryptoKeyVersion::getState)
        .containsExactly(CryptoKeyVersionState.DESTROY_SCHEDULED);
  }

  @Test
  void aRetiredKeyGetsANewVersionWhenItsTenantComesBack() {
    RootKey old = ensured(keyId, TENANT);
    keys.retire(keyId);

    RootKey root = ensured(keyId, TENANT);

    assertThat(root.version()).isEqualTo(kms.nameOf(keyId) + "/cryptoKeyVersions/2");
    assertThat(root.publicKey()).isNotEqualTo(old.publicKey());
    assertThat(kms.versions(keyId)).hasSize(2);
  }

  private static RootKey ensured(String keyId, String tenant) {
    return await()
        .atMost(PATIENCE)
        .until(() -> keys.ensure(wish(keyId, tenant, SOFTWARE)), Optional::isPresent)
        .orElseThrow()
        .signing();
  }

  private RootWish signedBy(String member) {
    return new RootWish(keyId, TENANT, SOFTWARE, 0, Duration.ZERO, Optional.of(member));
  }

  /** As many roots as are not pending any more. */
  private static Roots rotated(String keyId, int rotation, Duration overlap) {
    RootWish wish = new RootWish(keyId, TENANT, SOFTWARE, rotation, overlap, Optional.empty());
    return await()
        .atMost(PATIENCE)
        .until(() -> keys.ensure(wish), _ -> kms.isGenerated(keyId))
        .flatMap(_ -> keys.ensure(wish))
        .orElseThrow();
  }

  /** Labelled as if it were the tenant's, but a key of another kind. */
  private static CryptoKey.Builder foreign() {
    return CryptoKey.newBuilder()
        .setPurpose(CryptoKeyPurpose.ASYMMETRIC_SIGN)
        .putLabels("tenant", TENANT)
        .putLabels("managed-by", "licensing-operator")
        .setVersionTemplate(
            CryptoKeyVersionTemplate.newBuilder()
                .setAlgorithm(CryptoKeyVersionAlgorithm.RSA_SIGN_PSS_2048_SHA256));
  }
}
