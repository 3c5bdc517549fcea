package ai.coditect.licensing.stores.keys;

import ai.coditect.licensing.stores.keys.RootRotation.Version;
import ai.coditect.licensing.stores.keys.Roots.Root;
import com.google.api.gax.rpc.AlreadyExistsException;
import com.google.api.gax.rpc.NotFoundException;
import com.google.cloud.kms.v1.CryptoKey;
import com.google.cloud.kms.v1.CryptoKey.CryptoKeyPurpose;
import com.google.cloud.kms.v1.CryptoKeyVersion;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionAlgorithm;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionState;
import com.google.cloud.kms.v1.CryptoKeyVersionTemplate;
import com.google.cloud.kms.v1.KeyManagementServiceClient;
import com.google.protobuf.FieldMask;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Root keys in Google Cloud KMS, over gRPC. Safe for many threads; each call ends within seconds.
 */
public final class CloudKmsRootKeys implements RootKeys {

  private static final Logger log = LoggerFactory.getLogger(CloudKmsRootKeys.class);

  private static final CryptoKeyVersionAlgorithm ALGORITHM =
      CryptoKeyVersionAlgorithm.valueOf(KeyVersions.ALGORITHM);
  private static final String MANAGED_BY = "managed-by";
  private static final String OPERATOR = "licensing-operator";
  private static final String TENANT = "tenant";

  /** The rotation that the newest version was made for. */
  private static final String ROTATION = "rotation";

  /** That version's number is higher than this one, be it made already or not. */
  private static final String AFTER_VERSION = "after-version";

  private static final Duration GENERATION_INTERVAL = Duration.ofSeconds(5);

  private final KmsSettings settings;
  private final KmsConnection connection;
  private final CryptoKeyVersions versions;
  private final SignerRights rights;
  private final InstantSource clock;

  private CloudKmsRootKeys(KmsSettings settings, InstantSource clock) {
    this.settings = settings;
    this.clock = clock;
    this.connection = new KmsConnection(settings);
    this.versions = new CryptoKeyVersions(connection);
    this.rights = new SignerRights(connection);
  }

  /** Prepares to use Cloud KMS. Succeeds whether or not it can be reached now. */
  public static CloudKmsRootKeys connect(KmsSettings settings, InstantSource clock) {
    return new CloudKmsRootKeys(settings, clock);
  }

  @Override
  public Optional<Roots> ensure(RootWish wish) {
    String name = nameOf(wish.keyId());
    CryptoKey key = find(name).orElseGet(() -> create(wish));
    requireUsable(key, wish);
    wish.signer().ifPresent(signer -> rights.grantTo(signer, name));
    List<CryptoKeyVersion> there = versions.of(name);
    if (wish.rotation() > number(key, ROTATION)) {
      key = rotated(key, wish, there);
    }
    if (needsVersion(key, there)) {
      there.add(versions.create(name));
    }
    return roots(wish, there);
  }

  @Override
  public Optional<RootKey> handOver(RootWish wish) {
    String name = nameOf(wish.keyId());
    List<Version> enabled = find(name).map(_ -> enabled(versions.of(name))).orElseGet(List::of);
    if (enabled.isEmpty()) {
      return Optional.empty();
    }
    wish.signer().ifPresent(signer -> rights.grantTo(signer, name));
    Version signing = RootRotation.of(enabled, wish.overlap(), clock.instant()).signing();
    return Optional.of(versions.read(signing.name()));
  }

  @Override
  public void retire(String keyId) {
    String name = nameOf(keyId);
    if (find(name).isEmpty()) {
      return;
    }
    // The first: it takes effect sooner than a version that is disabled.
    rights.withdraw(name);
    List<String> notYet = new ArrayList<>();
    for (CryptoKeyVersion version : versions.of(name)) {
      if (!retired(version)) {
        notYet.add(version.getName());
      }
    }
    if (!notYet.isEmpty()) {
      throw new KeysUnavailableException("Cloud KMS still generates " + String.join(", ", notYet));
    }
  }

  @Override
  public void close() {
    connection.close();
  }

  private Optional<CryptoKey> find(String name) {
    return KmsErrors.translated(
        "read " + name,
        () -> {
          try {
            return Optional.of(client().getCryptoKey(name));
          } catch (NotFoundException e) {
            return Optional.empty();
          }
        });
  }

  /** The key with its first version. One that appeared meanwhile is taken as if it were found. */
  private CryptoKey create(RootWish wish) {
    CryptoKey wanted =
        CryptoKey.newBuilder()
            .setPurpose(CryptoKeyPurpose.ASYMMETRIC_SIGN)
            .setVersionTemplate(
                CryptoKeyVersionTemplate.newBuilder()
                    .setAlgorithm(ALGORITHM)
                    .setProtectionLevel(onTheWire(wish.protection())))
            .putLabels(MANAGED_BY, OPERATOR)
            .putLabels(TENANT, wish.tenantId())
            .putLabels(ROTATION, Integer.toString(wish.rotation()))
            .build();
    return KmsErrors.translated(
        "create " + nameOf(wish.keyId()),
        () -> {
          try {
            CryptoKey key = client().createCryptoKey(keyRing(), wish.keyId(), wanted);
            log.atInfo().addKeyValue("key", key.getName()).log("Root key created");
            return key;
          } catch (AlreadyExistsException e) {
            return client().getCryptoKey(nameOf(wish.keyId()));
          }
        });
  }

  /** The intent is written before the version is made: a crash in between makes neither two. */
  private CryptoKey rotated(CryptoKey key, RootWish wish, List<CryptoKeyVersion> versions) {
    int newest = versions.stream().mapToInt(CryptoKeyVersions::number).max().orElse(0);
    CryptoKey intended =
        key.toBuilder()
            .putLabels(ROTATION, Integer.toString(wish.rotation()))
            .putLabels(AFTER_VERSION, Integer.toString(newest))
            .build();
    FieldMask labels = FieldMask.newBuilder().addPaths("labels").build();
    return KmsErrors.translated(
        "label " + key.getName(), () -> client().updateCryptoKey(intended, labels));
  }

  /**
   * Whether the rotation's version is missing, or all are destroyed or about to be. Where one is
   * only disabled, somebody meant it.
   */
  private static boolean needsVersion(CryptoKey key, List<CryptoKeyVersion> versions) {
    int after = number(key, AFTER_VERSION);
    return versions.stream().noneMatch(version -> CryptoKeyVersions.number(version) > after)
        || versions.stream().allMatch(CloudKmsRootKeys::isGoing);
  }

  private static void requireUsable(CryptoKey key, RootWish wish) {
    CryptoKeyVersionTemplate template = key.getVersionTemplate();
    Map<String, String> labels = key.getLabelsMap();
    if (!OPERATOR.equals(labels.get(MANAGED_BY)) || !wish.tenantId().equals(labels.get(TENANT))) {
      throw new KeyRefusedException(
          key.getName() + " does not carry the labels of tenant " + wish.tenantId());
    }
    if (key.getPurpose() != CryptoKeyPurpose.ASYMMETRIC_SIGN) {
      throw new KeyRefusedException(key.getName() + " is for " + key.getPurpose());
    }
    KeyVersions.requireAlgorithm(key.getName(), template.getAlgorithm().name());
    if (template.getProtectionLevel() != onTheWire(wish.protection())) {
      throw new KeyRefusedException(
          key.getName()
              + " has protection level "
              + template.getProtectionLevel()
              + ", which cannot be changed to "
              + onTheWire(wish.protection()));
    }
  }

  private Optional<Roots> roots(RootWish wish, List<CryptoKeyVersion> versions) {
    boolean isGenerating = isAny(versions, CryptoKeyVersionState.PENDING_GENERATION);
    List<Version> enabled = enabled(versions);
    if (enabled.isEmpty()) {
      if (!isGenerating) {
        throw refusedAsDisabled(versions);
      }
      return Optional.empty();
    }
    Instant now = clock.instant();
    RootRotation rotation = retired(RootRotation.of(enabled, wish.overlap(), now), now);
    Optional<Instant> changesAt =
        isGenerating ? Optional.of(now.plus(GENERATION_INTERVAL)) : rotation.changesAt(now);
    return Optional.of(read(rotation, changesAt));
  }

  /** Those that have had their time sign no more, whoever finds a way to ask them. */
  private RootRotation retired(RootRotation rotation, Instant now) {
    List<Version> ended = rotation.ended(now);
    for (Version version : ended) {
      versions.disable(version.name());
      log.atInfo().addKeyValue("version", version.name()).log("Root key version disabled");
    }
    return ended.isEmpty() ? rotation : rotation.withoutThoseBefore();
  }

  private Roots read(RootRotation rotation, Optional<Instant> changesAt) {
    Root signing =
        new Root(versions.read(rotation.signing().name()), Optional.empty(), Optional.empty());
    List<Root> live = new ArrayList<>();
    for (Version version : rotation.before()) {
      live.add(
          new Root(
              versions.read(version.name()),
              Optional.empty(),
              Optional.of(rotation.believedUntil())));
    }
    live.add(signing);
    for (Version version : rotation.next()) {
      live.add(
          new Root(
              versions.read(version.name()),
              Optional.of(rotation.signsFrom(version)),
              Optional.empty()));
    }
    return new Roots(signing.key(), live, changesAt);
  }

  private static List<Version> enabled(List<CryptoKeyVersion> versions) {
    return versions.stream()
        .filter(version -> version.getState() == CryptoKeyVersionState.ENABLED)
        .map(CloudKmsRootKeys::enabled)
        .toList();
  }

  private static Version enabled(CryptoKeyVersion version) {
    return new Version(
        CryptoKeyVersions.number(version),
        version.getName(),
        Instant.ofEpochSecond(version.getGenerateTime().getSeconds()));
  }

  private static KeyRefusedException refusedAsDisabled(List<CryptoKeyVersion> versions) {
    String disabled =
        versions.stream()
            .filter(version -> version.getState() == CryptoKeyVersionState.DISABLED)
            .max(Comparator.comparingInt(CryptoKeyVersions::number))
            .map(CryptoKeyVersion::getName)
            .orElse("Every version");
    return new KeyRefusedException(
        disabled + " is disabled: enable it, or destroy it to get another");
  }

  private static boolean isAny(List<CryptoKeyVersion> versions, CryptoKeyVersionState state) {
    return versions.stream().anyMatch(version -> version.getState() == state);
  }

  private static boolean isGoing(CryptoKeyVersion version) {
    return switch (version.getState()) {
      case ENABLED, DISABLED, PENDING_GENERATION -> false;
      default -> true;
    };
  }

  /** What a label says; 0 where it is not there. */
  private static int number(CryptoKey key, String label) {
    String value = key.getLabelsMap().getOrDefault(label, "0");
    try {
      return Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw new KeyRefusedException(
          "The label " + label + " of " + key.getName() + " must be a number, not " + value, e);
    }
  }

  /** Whether the version is on its way to destruction now. */
  private boolean retired(CryptoKeyVersion version) {
    return switch (version.getState()) {
      case ENABLED -> {
        versions.disable(version.getName());
        versions.scheduleDestruction(version.getName());
        yield true;
      }
      case DISABLED -> {
        versions.scheduleDestruction(version.getName());
        yield true;
      }
      case PENDING_GENERATION -> false;
      default -> true;
    };
  }

  private static com.google.cloud.kms.v1.ProtectionLevel onTheWire(ProtectionLevel protection) {
    return switch (protection) {
      case SOFTWARE -> com.google.cloud.kms.v1.ProtectionLevel.SOFTWARE;
      case HSM -> com.google.cloud.kms.v1.ProtectionLevel.HSM;
    };
  }

  private String nameOf(String keyId) {
    return keyRing() + "/cryptoKeys/" + keyId;
  }

  private String keyRing() {
    return settings
        .keyRing()
        .orElseThrow(() -> new KeyRefusedException("No KMS key ring is set for this process"));
  }

  private KeyManagementServiceClient client() {
    return connection.client();
  }
}
