package ai.coditect.licensing.stores.keys;

import ai.coditect.licensing.kmsstandin.KmsStandIn;
import ai.coditect.licensing.stores.keys.RootKeys.ProtectionLevel;
import com.google.cloud.kms.v1.CryptoKey;
import com.google.cloud.kms.v1.CryptoKeyVersion;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionState;
import com.google.cloud.kms.v1.KeyManagementServiceClient;
import com.google.iam.v1.Binding;
import com.google.iam.v1.Policy;
import com.google.protobuf.FieldMask;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The service a contract test runs against: the stand-in, or Cloud KMS itself where the system
 * property {@code kms.contract.key-ring} names a key ring and credentials are at hand. Each test
 * makes keys of its own; Cloud KMS keeps their names for ever, so give it a ring for nothing else.
 */
final class KmsUnderTest implements AutoCloseable {

  private static final String STAND_IN_RING = "projects/test/locations/global/keyRings/contract";
  private static final Optional<String> REAL_RING =
      Optional.ofNullable(System.getProperty("kms.contract.key-ring"));

  private final Optional<KmsStandIn> standIn;
  private final KmsSettings settings;
  private final KmsConnection administrator;
  private final InstantSource clock;
  private final List<RootKeys> opened = new ArrayList<>();
  private final List<RootSigner> signers = new ArrayList<>();

  private KmsUnderTest(Optional<KmsStandIn> standIn, KmsSettings settings, InstantSource clock) {
    this.clock = clock;
    this.standIn = standIn;
    this.settings = settings;
    this.administrator = new KmsConnection(settings);
  }

  static KmsUnderTest start() {
    return REAL_RING
        .map(ring -> new KmsUnderTest(Optional.empty(), google(ring), InstantSource.system()))
        .orElseGet(() -> on(KmsStandIn.startInMemory(), InstantSource.system()));
  }

  /**
   * On a stand-in.
   *
   * @param clock the stand-in's
   */
  static KmsUnderTest on(KmsStandIn standIn, InstantSource clock) {
    standIn.ensureKeyRing(STAND_IN_RING);
    return new KmsUnderTest(
        Optional.of(standIn),
        new KmsSettings(Optional.of(STAND_IN_RING), Optional.of(standIn.endpoint()), true),
        clock);
  }

  private static KmsSettings google(String ring) {
    return new KmsSettings(Optional.of(ring), Optional.empty(), false);
  }

  KmsSettings settings() {
    return settings;
  }

  KmsSettings settingsFor(String keyRing) {
    return new KmsSettings(Optional.of(keyRing), settings.endpoint(), settings.plaintext());
  }

  String ring() {
    return settings.keyRing().orElseThrow();
  }

  String nameOf(String keyId) {
    return ring() + "/cryptoKeys/" + keyId;
  }

  /** A root that was never replaced, of which the newest version signs at once. */
  static RootWish wish(String keyId, String tenantId, ProtectionLevel protection) {
    return new RootWish(keyId, tenantId, protection, 0, Duration.ZERO, Optional.empty());
  }

  /** Never used before. */
  String freshKeyId() {
    return "tenant-t%016x".formatted(ThreadLocalRandom.current().nextLong());
  }

  RootKeys open() {
    return open(settings);
  }

  RootKeys open(KmsSettings settings) {
    RootKeys keys = CloudKmsRootKeys.connect(settings, clock);
    opened.add(keys);
    return keys;
  }

  RootSigner openSigner() {
    // An API pod knows no key ring.
    RootSigner signer =
        CloudKmsRootSigner.connect(
            new KmsSettings(Optional.empty(), settings.endpoint(), settings.plaintext()));
    signers.add(signer);
    return signer;
  }

  /** As an administrator has it, past what is tested. */
  KeyManagementServiceClient client() {
    return administrator.client();
  }

  CryptoKey key(String keyId) {
    return client().getCryptoKey(nameOf(keyId));
  }

  List<CryptoKeyVersion> versions(String keyId) {
    List<CryptoKeyVersion> versions = new ArrayList<>();
    client().listCryptoKeyVersions(nameOf(keyId)).iterateAll().forEach(versions::add);
    return versions;
  }

  /** Whether nothing is pending. */
  boolean isGenerated(String keyId) {
    return versions(keyId).stream()
        .noneMatch(version -> version.getState() == CryptoKeyVersionState.PENDING_GENERATION);
  }

  /** Who may do what with the key, as "role member". */
  List<String> grants(String keyId) {
    return client().getIamPolicy(nameOf(keyId)).getBindingsList().stream()
        .flatMap(
            binding ->
                binding.getMembersList().stream().map(member -> binding.getRole() + " " + member))
        .toList();
  }

  /** Adds to what others may do with the key. */
  void grant(String keyId, String role, String member) {
    Policy policy = client().getIamPolicy(nameOf(keyId));
    client()
        .setIamPolicy(
            nameOf(keyId),
            policy.toBuilder()
                .addBindings(Binding.newBuilder().setRole(role).addMembers(member))
                .build());
  }

  void label(String keyId, String name, String value) {
    client()
        .updateCryptoKey(
            key(keyId).toBuilder().putLabels(name, value).build(),
            FieldMask.newBuilder().addPaths("labels").build());
  }

  void setState(String version, CryptoKeyVersionState state) {
    client()
        .updateCryptoKeyVersion(
            CryptoKeyVersion.newBuilder().setName(version).setState(state).build(),
            FieldMask.newBuilder().addPaths("state").build());
  }

  @Override
  public void close() {
    opened.forEach(RootKeys::close);
    signers.forEach(RootSigner::close);
    administrator.close();
    standIn.ifPresent(KmsStandIn::close);
  }
}
