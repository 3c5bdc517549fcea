package ai.coditect.licensing.stores.keys;

import static ai.coditect.licensing.stores.keys.KmsUnderTest.wish;
import static ai.coditect.licensing.stores.keys.RootKeys.ProtectionLevel.SOFTWARE;
import static ai.coditect.licensing.stores.keys.Signatures.isPs512;
import static ai.coditect.licensing.stores.keys.Signatures.sha512;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import ai.coditect.licensing.kmsstandin.Damage;
import ai.coditect.licensing.kmsstandin.Faults;
import ai.coditect.licensing.kmsstandin.KmsStandIn;
import ai.coditect.licensing.kmsstandin.Rpc;
import ai.coditect.licensing.stores.keys.RootKeys.RootKey;
import ai.coditect.licensing.tokens.KeyStatement;
import ai.coditect.licensing.tokens.LeafKey;
import com.google.cloud.kms.v1.CryptoKeyVersion;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionState;
import io.grpc.Status;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** What the client makes of a KMS that fails, lingers, or answers damaged. */
class RootKeysFaultsTest {

  private static final String TENANT = "acme";
  private static final String READY_ID = "tenant-ready";
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration OVERLAP = Duration.ofDays(30);

  private static final AtomicReference<Instant> TIME =
      new AtomicReference<>(Instant.parse("2026-11-22T12:00:00Z"));
  private static KmsStandIn standIn;
  private static KmsUnderTest kms;
  private static RootKeys keys;
  private static RootSigner signer;
  private static RootKey ready;

  private final String keyId = kms.freshKeyId();
  private final Faults faults = standIn.faults();

  @BeforeAll
  static void start() {
    InstantSource source = TIME::get;
    standIn = KmsStandIn.startInMemory(source.withZone(ZoneOffset.UTC));
    kms = KmsUnderTest.on(standIn, source);
    keys = kms.open();
    signer = kms.openSigner();
    ready = ensured(READY_ID);
  }

  @AfterAll
  static void stop() {
    kms.close();
  }

  @BeforeEach
  void forgetFaults() {
    faults.clear();
  }

  @ParameterizedTest
  @EnumSource(
      value = Status.Code.class,
      names = {"UNAVAILABLE", "RESOURCE_EXHAUSTED"})
  void aSignatureSucceedsAfterTwoPassingErrors(Status.Code code) {
    faults.fail(Rpc.ASYMMETRIC_SIGN, code, 2);

    byte[] signature = signer.sign(ready.version(), sha512("message"));

    assertThat(isPs512(ready.publicKey(), "message", signature)).isTrue();
    assertThat(faults.calls(Rpc.ASYMMETRIC_SIGN)).isEqualTo(3);
  }

  @Test
  void aCallThatLingersIsGivenUpAndRepeated() {
    faults.delay(Rpc.ASYMMETRIC_SIGN, Duration.ofSeconds(5), 1);

    byte[] signature = signer.sign(ready.version(), sha512("message"));

    assertThat(isPs512(ready.publicKey(), "message", signature)).isTrue();
  }

  @Test
  void aKmsThatStaysAwayIsReportedWithinSeconds() {
    faults.fail(Rpc.ASYMMETRIC_SIGN, Status.Code.UNAVAILABLE, 100);
    long start = System.nanoTime();

    assertThatExceptionOfType(KeysUnavailableException.class)
        .isThrownBy(() -> signer.sign(ready.version(), sha512("message")))
        .withMessageContaining(ready.version());

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(8));
    assertThat(faults.calls(Rpc.ASYMMETRIC_SIGN)).isBetween(2, 60);
  }

  @ParameterizedTest
  @EnumSource(
      value = Status.Code.class,
      names = {"PERMISSION_DENIED", "UNAUTHENTICATED", "FAILED_PRECONDITION"})
  void whatRetryCannotMendIsNotRetried(Status.Code code) {
    faults.fail(Rpc.ASYMMETRIC_SIGN, code, 1);

    assertThatExceptionOfType(KeyRefusedException.class)
        .isThrownBy(() -> signer.sign(ready.version(), sha512("message")))
        .withMessageContaining(code.name());

    assertThat(faults.calls(Rpc.ASYMMETRIC_SIGN)).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(value = Damage.class, mode = Mode.EXCLUDE, names = "FLIPPED_BIT_UNDER_ITS_CHECKSUM")
  void aDamagedSignatureIsNotGivenOut(Damage damage) {
    faults.damage(Rpc.ASYMMETRIC_SIGN, damage, 1);

    assertThatExceptionOfType(KeysUnavailableException.class)
        .isThrownBy(() -> signer.sign(ready.version(), sha512("message")));
  }

  @Test
  void aSignatureDamagedUnderItsChecksumMakesNoStatement() {
    faults.damage(Rpc.ASYMMETRIC_SIGN, Damage.FLIPPED_BIT_UNDER_ITS_CHECKSUM, 1);

    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                KeyStatement.issue(
                    ready.publicKey(),
                    TENANT,
                    LeafKey.generate(),
                    TIME.get(),
                    TIME.get().plusSeconds(60),
                    digest -> signer.sign(ready.version(), digest)));
  }

  @ParameterizedTest
  @EnumSource(
      value = Damage.class,
      names = {"WRONG_CHECKSUM", "NO_CHECKSUM", "FLIPPED_BIT", "OTHER_NAME"})
  void aDamagedPublicKeyIsNotGivenOut(Damage damage) {
    faults.damage(Rpc.GET_PUBLIC_KEY, damage, 1);

    assertThatExceptionOfType(KeysUnavailableException.class)
        .isThrownBy(() -> signer.read(ready.version()));
  }

  @ParameterizedTest
  @EnumSource(
      value = Damage.class,
      names = {"WRONG_CHECKSUM", "NO_CHECKSUM", "FLIPPED_BIT", "OTHER_NAME"})
  void aDamagedPublicKeyIsNotPinned(Damage damage) {
    faults.damage(Rpc.GET_PUBLIC_KEY, damage, 1);

    assertThatExceptionOfType(KeysUnavailableException.class)
        .isThrownBy(() -> keys.ensure(wish(READY_ID, TENANT, SOFTWARE)));
  }

  @ParameterizedTest
  @EnumSource(
      value = Status.Code.class,
      names = {"INTERNAL", "UNKNOWN", "ABORTED", "CANCELLED", "DATA_LOSS"})
  void whatMayPassIsLeftToTheCallerToRepeat(Status.Code code) {
    faults.fail(Rpc.ASYMMETRIC_SIGN, code, 1);

    assertThatExceptionOfType(KeysUnavailableException.class)
        .isThrownBy(() -> signer.sign(ready.version(), sha512("message")))
        .withMessageContaining(code.name());

    assertThat(faults.calls(Rpc.ASYMMETRIC_SIGN)).isEqualTo(1);
  }

  @Test
  void aClosedSignerSignsNoMore() {
    RootSigner closed = kms.openSigner();
    closed.close();

    assertThatIllegalStateException()
        .isThrownBy(() -> closed.sign(ready.version(), sha512("message")));
  }

  @Test
  void aKeyWhoseCreationWasNotAnsweredIsFound() {
    faults.loseAnswer(Rpc.CREATE_CRYPTO_KEY, 1);

    ensured(keyId);

    assertThat(kms.versions(keyId)).hasSize(1);
  }

  @Test
  void aVersionWhoseCreationWasNotAnsweredIsNotMadeTwice() {
    ensured(keyId);
    keys.retire(keyId);
    faults.loseAnswer(Rpc.CREATE_CRYPTO_KEY_VERSION, 1);

    assertThatExceptionOfType(KeysUnavailableException.class)
        .isThrownBy(() -> keys.ensure(wish(keyId, TENANT, SOFTWARE)));
    ensured(keyId);

    assertThat(kms.versions(keyId)).hasSize(2);
  }

  @Test
  void aRotationWhoseIntentWasNotAnsweredMakesOneVersion() {
    ensured(keyId);
    faults.loseAnswer(Rpc.UPDATE_CRYPTO_KEY, 1);

    rotated(keyId, OVERLAP);

    assertThat(kms.versions(keyId)).hasSize(2);
  }

  @Test
  void aRotationThatEndedAfterItsIntentIsGoneOnWith() {
    ensured(keyId);
    faults.fail(Rpc.CREATE_CRYPTO_KEY_VERSION, Status.Code.UNAVAILABLE, 1);
    assertThatExceptionOfType(KeysUnavailableException.class)
        .isThrownBy(() -> keys.ensure(rotation(keyId, OVERLAP)));
    assertThat(kms.versions(keyId)).hasSize(1);

    rotated(keyId, OVERLAP);

    assertThat(kms.versions(keyId)).hasSize(2);
  }

  @Test
  void aRotationWhoseVersionWasNotAnsweredMakesOneVersion() {
    ensured(keyId);
    faults.loseAnswer(Rpc.CREATE_CRYPTO_KEY_VERSION, 1);
    assertThatExceptionOfType(KeysUnavailableException.class)
        .isThrownBy(() -> keys.ensure(rotation(keyId, OVERLAP)));

    rotated(keyId, OVERLAP);

    assertThat(kms.versions(keyId)).hasSize(2);
  }

  @Test
  void whileTheNextRootIsGeneratedTheOneBeforeSigns() {
    RootKey first = ensured(keyId);
    faults.holdGeneration();

    Roots roots = keys.ensure(rotation(keyId, Duration.ZERO)).orElseThrow();

    assertThat(roots.signing()).isEqualTo(first);
    assertThat(roots.live()).hasSize(1);
    assertThat(roots.changesAt()).contains(TIME.get().plusSeconds(5));
    faults.releaseGeneration();
  }

  @Test
  void theNextRootSignsAfterTheOverlapAndTheOneBeforeIsDisabledTwoDaysLater() {
    RootKey first = ensured(keyId);
    Roots shown = rotated(keyId, OVERLAP);
    Instant from = TIME.get().truncatedTo(ChronoUnit.SECONDS).plus(OVERLAP);
    assertThat(shown.signing()).isEqualTo(first);
    assertThat(shown.live().getLast().signsFrom()).contains(from);
    assertThat(shown.changesAt()).contains(from);

    TIME.set(from);
    Roots turned = rotated(keyId, OVERLAP);
    assertThat(turned.signing().number()).isEqualTo("2");
    assertThat(turned.live()).hasSize(2);
    assertThat(turned.live().getFirst().believedUntil())
        .contains(from.plus(RootRotation.BELIEVED_AFTERWARDS));

    TIME.set(from.plus(RootRotation.BELIEVED_AFTERWARDS));
    Roots alone = rotated(keyId, OVERLAP);
    assertThat(alone.live()).extracting(root -> root.key().number()).containsExactly("2");
    assertThat(alone.changesAt()).isEmpty();
    assertThat(kms.versions(keyId))
        .extracting(CryptoKeyVersion::getState)
        .containsExactly(CryptoKeyVersionState.DISABLED, CryptoKeyVersionState.ENABLED);
  }

  @Test
  void rightsThatAreAsWishedAreReadButNotWritten() {
    ensured(keyId);
    keys.ensure(signedBy(keyId, "user:a@example.com"));
    keys.ensure(signedBy(keyId, "user:a@example.com"));

    assertThat(faults.calls(Rpc.GET_IAM_POLICY)).isEqualTo(2);
    assertThat(faults.calls(Rpc.SET_IAM_POLICY)).isEqualTo(1);
  }

  @Test
  void rightsThatCannotBeGivenMakeNoRoot() {
    ensured(keyId);
    faults.fail(Rpc.SET_IAM_POLICY, Status.Code.PERMISSION_DENIED, 1);

    assertThatExceptionOfType(KeyRefusedException.class)
        .isThrownBy(() -> keys.ensure(signedBy(keyId, "user:a@example.com")))
        .withMessageContaining("policy of " + kms.nameOf(keyId));
  }

  @Test
  void aRetirementWhoseRightsCannotBeWithdrawnIsTriedAgain() {
    RootKey root = ensured(keyId);
    faults.fail(Rpc.GET_IAM_POLICY, Status.Code.INTERNAL, 1);

    assertThatExceptionOfType(KeysUnavailableException.class).isThrownBy(() -> keys.retire(keyId));
    assertThat(signer.read(root.version())).isEqualTo(root);
  }

  @Test
  void aDestructionThatWasNotAnsweredIsTakenAsDone() {
    ensured(keyId);
    faults.loseAnswer(Rpc.DESTROY_CRYPTO_KEY_VERSION, 1);

    keys.retire(keyId);

    assertThat(kms.versions(keyId))
        .extracting(CryptoKeyVersion::getState)
        .containsExactly(CryptoKeyVersionState.DESTROY_SCHEDULED);
  }

  @Test
  void aKeyIsNotGivenOutBeforeItIsGenerated() {
    faults.holdGeneration();

    assertThat(keys.ensure(wish(keyId, TENANT, SOFTWARE))).isEmpty();
    assertThat(keys.ensure(wish(keyId, TENANT, SOFTWARE))).isEmpty();

    faults.releaseGeneration();
    assertThat(ensured(keyId).version()).endsWith("/cryptoKeyVersions/1");
  }

  @Test
  void aKeyThatIsStillGeneratedIsRetiredLater() {
    faults.holdGeneration();
    keys.ensure(wish(keyId, TENANT, SOFTWARE));

    assertThatExceptionOfType(KeysUnavailableException.class)
        .isThrownBy(() -> keys.retire(keyId))
        .withMessageContaining("still generates");

    faults.releaseGeneration();
    ensured(keyId);
    keys.retire(keyId);
    assertThat(kms.versions(keyId))
        .extracting(CryptoKeyVersion::getState)
        .containsExactly(CryptoKeyVersionState.DESTROY_SCHEDULED);
  }

  @Test
  void aKeyWhoseVersionsAreAllDestroyedGetsANewOne() {
    ensured(keyId);
    keys.retire(keyId);
    TIME.updateAndGet(now -> now.plus(Duration.ofDays(31)));

    assertThat(ensured(keyId).version()).endsWith("/cryptoKeyVersions/2");
    assertThat(kms.versions(keyId).getFirst().getState())
        .isEqualTo(CryptoKeyVersionState.DESTROYED);
  }

  @Test
  void lookingAfterAReadyKeyCostsThreeReads() {
    keys.ensure(wish(READY_ID, TENANT, SOFTWARE));

    assertThat(faults.calls()).isEqualTo(3);
  }

  @Test
  void aKmsThatComesLaterIsFoundWithoutARestart(@TempDir Path folder) throws IOException {
    int port = freePort();
    KmsSettings settings =
        new KmsSettings(Optional.empty(), Optional.of("127.0.0.1:" + port), true);
    try (RootSigner early = CloudKmsRootSigner.connect(settings)) {
      assertThatExceptionOfType(KeysUnavailableException.class)
          .isThrownBy(() -> early.read(ready.version()));

      try (KmsStandIn late = KmsStandIn.start(folder, port)) {
        assertThat(late.port()).isEqualTo(port);
        await()
            .atMost(PATIENCE)
            .untilAsserted(
                () ->
                    assertThatExceptionOfType(KeyRefusedException.class)
                        .isThrownBy(() -> early.read(ready.version()))
                        .withMessageContaining("NOT_FOUND"));
      }
    }
  }

  private static RootKey ensured(String keyId) {
    return await()
        .atMost(PATIENCE)
        .until(() -> keys.ensure(wish(keyId, TENANT, SOFTWARE)), Optional::isPresent)
        .orElseThrow()
        .signing();
  }

  private static RootWish rotation(String keyId, Duration overlap) {
    return new RootWish(keyId, TENANT, SOFTWARE, 1, overlap, Optional.empty());
  }

  private static RootWish signedBy(String keyId, String member) {
    return new RootWish(keyId, TENANT, SOFTWARE, 0, Duration.ZERO, Optional.of(member));
  }

  private static Roots rotated(String keyId, Duration overlap) {
    return await()
        .atMost(PATIENCE)
        .until(() -> keys.ensure(rotation(keyId, overlap)), _ -> kms.isGenerated(keyId))
        .flatMap(_ -> keys.ensure(rotation(keyId, overlap)))
        .orElseThrow();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
