package ai.coditect.licensing.kmsstandin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import com.google.cloud.kms.v1.AsymmetricSignRequest;
import com.google.cloud.kms.v1.AsymmetricSignResponse;
import com.google.cloud.kms.v1.CreateCryptoKeyRequest;
import com.google.cloud.kms.v1.CreateKeyRingRequest;
import com.google.cloud.kms.v1.CryptoKey;
import com.google.cloud.kms.v1.CryptoKey.CryptoKeyPurpose;
import com.google.cloud.kms.v1.CryptoKeyVersion;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionAlgorithm;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionState;
import com.google.cloud.kms.v1.CryptoKeyVersionTemplate;
import com.google.cloud.kms.v1.DestroyCryptoKeyVersionRequest;
import com.google.cloud.kms.v1.Digest;
import com.google.cloud.kms.v1.GetCryptoKeyRequest;
import com.google.cloud.kms.v1.GetCryptoKeyVersionRequest;
import com.google.cloud.kms.v1.GetKeyRingRequest;
import com.google.cloud.kms.v1.GetPublicKeyRequest;
import com.google.cloud.kms.v1.KeyManagementServiceGrpc;
import com.google.cloud.kms.v1.KeyManagementServiceGrpc.KeyManagementServiceBlockingStub;
import com.google.cloud.kms.v1.ListCryptoKeysRequest;
import com.google.cloud.kms.v1.ListCryptoKeysResponse;
import com.google.cloud.kms.v1.PublicKey;
import com.google.cloud.kms.v1.RestoreCryptoKeyVersionRequest;
import com.google.cloud.kms.v1.UpdateCryptoKeyVersionRequest;
import com.google.protobuf.ByteString;
import com.google.protobuf.FieldMask;
import com.google.protobuf.Int64Value;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KmsStandInTest {

  private static final String LOCATION = "projects/test/locations/global";
  private static final String RING = LOCATION + "/keyRings/ring";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private Path folder;

  private KmsStandIn standIn;
  private ManagedChannel channel;

  @BeforeEach
  void start() {
    standIn = KmsStandIn.start(folder, 0);
    standIn.ensureKeyRing(RING);
    channel = ManagedChannelBuilder.forTarget(standIn.endpoint()).usePlaintext().build();
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    standIn.close();
  }

  @Test
  void aRestartKeepsRingsKeysAndTheirPrivateHalves() {
    String version = enabledKey("k");
    PublicKey before = publicKey(version);
    int port = standIn.port();

    stop();
    standIn = KmsStandIn.start(folder, port);
    channel = ManagedChannelBuilder.forTarget(standIn.endpoint()).usePlaintext().build();

    assertThat(publicKey(version)).isEqualTo(before);
    assertThat(sign(version, new byte[32]).getSignature().size()).isEqualTo(256);
    assertThat(ring().hasCreateTime()).isTrue();
  }

  @Test
  void aKeyThatWasNotYetGeneratedIsGeneratedAfterARestart() {
    standIn.faults().holdGeneration();
    createKey("k");

    stop();
    start();

    assertThat(becomesEnabled("k")).endsWith("/1");
  }

  @Test
  void whatACrashLeftOfAKeyThatWasNeverMadeIsIgnored() throws IOException {
    enabledKey("k");
    stop();
    Files.delete(folder.resolve(RING + "/cryptoKeys/k/crypto-key.json"));

    start();

    assertRefused(
        Status.Code.NOT_FOUND, "CryptoKey " + RING + "/cryptoKeys/k not found.", () -> key("k"));
    createKey("k");
    assertThat(becomesEnabled("k")).endsWith("/1");
  }

  @Test
  void onlyTheOwnerMayReadTheFiles() throws IOException {
    enabledKey("k");

    try (Stream<Path> files = Files.walk(folder)) {
      assertThat(files.filter(f -> f.toString().matches(".*\\.(pem|json)")))
          .hasSize(4)
          .allSatisfy(
              file ->
                  assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                      .isEqualTo("rw-------"));
    }
  }

  @Test
  void aFolderServesOneStandInAtATime() {
    assertThatIllegalStateException()
        .isThrownBy(() -> KmsStandIn.start(folder, 0))
        .withMessageContaining(folder.toString());
  }

  @Test
  void anotherPortIsUsedWhereThePreferredOneIsTaken(@TempDir Path another) {
    try (KmsStandIn second = KmsStandIn.start(another, standIn.port())) {
      assertThat(second.port()).isNotEqualTo(standIn.port());
    }
  }

  @Test
  void aKeyRingIsEnsuredTwiceWithoutHarmAndOnlyByAWholeName() {
    standIn.ensureKeyRing(RING);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> standIn.ensureKeyRing("ring"))
        .withMessageContaining("keyRings");
  }

  @Test
  void whatIsThereIsNotCreatedAgain() {
    createKey("k");

    assertRefused(
        Status.Code.ALREADY_EXISTS,
        "CryptoKey " + RING + "/cryptoKeys/k already exists.",
        () -> createKey("k"));
    assertRefused(
        Status.Code.ALREADY_EXISTS,
        "KeyRing " + RING + " already exists.",
        () ->
            kms()
                .createKeyRing(
                    CreateKeyRingRequest.newBuilder()
                        .setParent(LOCATION)
                        .setKeyRingId("ring")
                        .build()));
  }

  @Test
  void namesThatAreNoneAreRefused() {
    for (String name :
        List.of("k", RING + "/cryptoKeys/../k", RING + "/cryptoKeys/k/", "../" + RING)) {
      assertRefused(
          Status.Code.INVALID_ARGUMENT,
          "Resource name [" + name + "]",
          () -> kms().getCryptoKey(GetCryptoKeyRequest.newBuilder().setName(name).build()));
    }
  }

  @Test
  void aVersionThatIsNotEnabledNeitherSignsNorShowsItsKey() {
    standIn.faults().holdGeneration();
    createKey("k");
    String version = RING + "/cryptoKeys/k/cryptoKeyVersions/1";

    assertRefused(
        Status.Code.FAILED_PRECONDITION,
        "is not enabled, current state is: PENDING_GENERATION.",
        () -> publicKey(version));
    assertRefused(
        Status.Code.FAILED_PRECONDITION,
        "is not enabled, current state is: PENDING_GENERATION.",
        () -> sign(version, new byte[32]));
  }

  @Test
  void aDigestOfAnotherKindOrLengthIsRefused() {
    String version = enabledKey("k");

    assertRefused(Status.Code.INVALID_ARGUMENT, "digest", () -> sign(version, new byte[31]));
    assertRefused(
        Status.Code.INVALID_ARGUMENT,
        "digest",
        () ->
            kms()
                .asymmetricSign(
                    AsymmetricSignRequest.newBuilder()
                        .setName(version)
                        .setDigest(Digest.newBuilder().setSha384(ByteString.copyFrom(new byte[48])))
                        .build()));
    assertRefused(
        Status.Code.INVALID_ARGUMENT,
        "not data",
        () ->
            kms()
                .asymmetricSign(
                    AsymmetricSignRequest.newBuilder()
                        .setName(version)
                        .setData(ByteString.copyFromUtf8("data"))
                        .build()));
  }

  @Test
  void aDigestThatDoesNotMatchItsChecksumIsRefused() {
    String version = enabledKey("k");

    assertRefused(
        Status.Code.INVALID_ARGUMENT,
        "digest_crc32c did not match",
        () ->
            kms()
                .asymmetricSign(
                    signRequest(version, new byte[32]).setDigestCrc32C(Int64Value.of(1)).build()));
  }

  @Test
  void aDigestIsToldToBeVerifiedOnlyWhereAChecksumCameWithIt() {
    String version = enabledKey("k");
    AsymmetricSignRequest.Builder request = signRequest(version, new byte[32]);

    assertThat(kms().asymmetricSign(request.build()).getVerifiedDigestCrc32C()).isFalse();
    request.setDigestCrc32C(Checksums.of(request.getDigest().getSha256()));
    assertThat(kms().asymmetricSign(request.build()).getVerifiedDigestCrc32C()).isTrue();
  }

  @Test
  void aVersionGoesThroughItsStates() {
    String version = enabledKey("k");

    assertThat(setState(version, CryptoKeyVersionState.DISABLED).getState())
        .isEqualTo(CryptoKeyVersionState.DISABLED);
    CryptoKeyVersion going = destroy(version);
    assertThat(going.getState()).isEqualTo(CryptoKeyVersionState.DESTROY_SCHEDULED);
    assertThat(going.getDestroyTime().getSeconds() - going.getCreateTime().getSeconds())
        .isBetween(Duration.ofDays(30).toSeconds(), Duration.ofDays(30).plusMinutes(5).toSeconds());
    assertRefused(Status.Code.FAILED_PRECONDITION, "DESTROY_SCHEDULED", () -> destroy(version));
    assertRefused(
        Status.Code.FAILED_PRECONDITION,
        "DESTROY_SCHEDULED",
        () -> setState(version, CryptoKeyVersionState.ENABLED));
    assertThat(restore(version).getState()).isEqualTo(CryptoKeyVersionState.DISABLED);
    assertThat(setState(version, CryptoKeyVersionState.ENABLED).getState())
        .isEqualTo(CryptoKeyVersionState.ENABLED);
  }

  @Test
  void aVersionsStateCannotBeSetToJustAnything() {
    String version = enabledKey("k");

    assertRefused(
        Status.Code.INVALID_ARGUMENT,
        "ENABLED or DISABLED",
        () -> setState(version, CryptoKeyVersionState.DESTROYED));
  }

  @Test
  void longListsComeInPages() {
    standIn.faults().holdGeneration();
    for (int i = 0; i < 5; i++) {
      createKey("k" + i);
    }
    ListCryptoKeysRequest.Builder request =
        ListCryptoKeysRequest.newBuilder().setParent(RING).setPageSize(3);

    ListCryptoKeysResponse first = kms().listCryptoKeys(request.build());
    ListCryptoKeysResponse second =
        kms().listCryptoKeys(request.setPageToken(first.getNextPageToken()).build());

    assertThat(first.getCryptoKeysList()).hasSize(3);
    assertThat(second.getCryptoKeysList()).hasSize(2);
    assertThat(second.getNextPageToken()).isEmpty();
    assertThat(second.getTotalSize()).isEqualTo(5);
  }

  @Test
  void badLabelsAndAlgorithmsAreRefused() {
    assertRefused(
        Status.Code.INVALID_ARGUMENT,
        "label",
        () -> create("k", wanted().putLabels("tenant", "Acme Ltd").build()));
    assertRefused(
        Status.Code.INVALID_ARGUMENT,
        "not supported",
        () ->
            create(
                "k",
                wanted()
                    .setVersionTemplate(
                        CryptoKeyVersionTemplate.newBuilder()
                            .setAlgorithm(CryptoKeyVersionAlgorithm.EC_SIGN_P256_SHA256))
                    .build()));
  }

  /** Small keys: they are made at once. */
  private static CryptoKey.Builder wanted() {
    return CryptoKey.newBuilder()
        .setPurpose(CryptoKeyPurpose.ASYMMETRIC_SIGN)
        .setVersionTemplate(
            CryptoKeyVersionTemplate.newBuilder()
                .setAlgorithm(CryptoKeyVersionAlgorithm.RSA_SIGN_PSS_2048_SHA256));
  }

  private CryptoKey create(String id, CryptoKey wanted) {
    return kms()
        .createCryptoKey(
            CreateCryptoKeyRequest.newBuilder()
                .setParent(RING)
                .setCryptoKeyId(id)
                .setCryptoKey(wanted)
                .build());
  }

  private CryptoKey createKey(String id) {
    return create(id, wanted().build());
  }

  private String enabledKey(String id) {
    createKey(id);
    return becomesEnabled(id);
  }

  private String becomesEnabled(String id) {
    String version = RING + "/cryptoKeys/" + id + "/cryptoKeyVersions/1";
    await()
        .atMost(PATIENCE)
        .until(() -> version(version).getState() == CryptoKeyVersionState.ENABLED);
    return version;
  }

  private CryptoKey key(String id) {
    return kms()
        .getCryptoKey(GetCryptoKeyRequest.newBuilder().setName(RING + "/cryptoKeys/" + id).build());
  }

  private com.google.cloud.kms.v1.KeyRing ring() {
    return kms().getKeyRing(GetKeyRingRequest.newBuilder().setName(RING).build());
  }

  private CryptoKeyVersion version(String name) {
    return kms().getCryptoKeyVersion(GetCryptoKeyVersionRequest.newBuilder().setName(name).build());
  }

  private PublicKey publicKey(String version) {
    return kms().getPublicKey(GetPublicKeyRequest.newBuilder().setName(version).build());
  }

  private AsymmetricSignResponse sign(String version, byte[] digest) {
    return kms().asymmetricSign(signRequest(version, digest).build());
  }

  private static AsymmetricSignRequest.Builder signRequest(String version, byte[] digest) {
    return AsymmetricSignRequest.newBuilder()
        .setName(version)
        .setDigest(Digest.newBuilder().setSha256(ByteString.copyFrom(digest)));
  }

  private CryptoKeyVersion setState(String version, CryptoKeyVersionState state) {
    return kms()
        .updateCryptoKeyVersion(
            UpdateCryptoKeyVersionRequest.newBuilder()
                .setCryptoKeyVersion(CryptoKeyVersion.newBuilder().setName(version).setState(state))
                .setUpdateMask(FieldMask.newBuilder().addPaths("state"))
                .build());
  }

  private CryptoKeyVersion destroy(String version) {
    return kms()
        .destroyCryptoKeyVersion(
            DestroyCryptoKeyVersionRequest.newBuilder().setName(version).build());
  }

  private CryptoKeyVersion restore(String version) {
    return kms()
        .restoreCryptoKeyVersion(
            RestoreCryptoKeyVersionRequest.newBuilder().setName(version).build());
  }

  private KeyManagementServiceBlockingStub kms() {
    return KeyManagementServiceGrpc.newBlockingStub(channel);
  }

  private static void assertRefused(Status.Code code, String text, ThrowingCallable call) {
    assertThatExceptionOfType(StatusRuntimeException.class)
        .isThrownBy(call)
        .satisfies(
            e -> {
              assertThat(e.getStatus().getCode()).isEqualTo(code);
              assertThat(e.getStatus().getDescription()).contains(text);
            });
  }
}
