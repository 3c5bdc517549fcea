package ai.coditect.licensing.stores.keys;

import com.google.api.gax.rpc.AlreadyExistsException;
import com.google.api.gax.rpc.FailedPreconditionException;
import com.google.api.gax.rpc.NotFoundException;
import com.google.cloud.kms.v1.CryptoKey;
import com.google.cloud.kms.v1.CryptoKey.CryptoKeyPurpose;
import com.google.cloud.kms.v1.CryptoKeyVersion;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionAlgorithm;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionState;
import com.google.cloud.kms.v1.CryptoKeyVersionName;
import com.google.cloud.kms.v1.CryptoKeyVersionTemplate;
import com.google.cloud.kms.v1.KeyManagementServiceClient;
import com.google.cloud.kms.v1.PublicKey;
import com.google.protobuf.FieldMask;
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

  private final KmsSettings settings;
  private final KmsConnection connection;

  private CloudKmsRootKeys(KmsSettings settings) {
    this.settings = settings;
    this.connection = new KmsConnection(settings);
  }

  /** Prepares to use Cloud KMS. Succeeds whether or not it can be reached now. */
  public static CloudKmsRootKeys connect(KmsSettings settings) {
    return new CloudKmsRootKeys(settings);
  }

  @Override
  public Optional<RootKey> ensure(String keyId, String tenantId, ProtectionLevel protection) {
    String name = nameOf(keyId);
    CryptoKey key = find(name).orElseGet(() -> create(keyId, tenantId, protection));
    requireUsable(key, tenantId, protection);
    return usableVersion(name).map(this::read);
  }

  @Override
  public void retire(String keyId) {
    String name = nameOf(keyId);
    if (find(name).isEmpty()) {
      return;
    }
    List<String> notYet = new ArrayList<>();
    for (CryptoKeyVersion version : versions(name)) {
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

  private RootKey read(String keyVersion) {
    PublicKey answer =
        KmsErrors.translated("read " + keyVersion, () -> client().getPublicKey(keyVersion));
    Integrity.checkPublicKey(keyVersion, answer.getName(), answer.getPem(), checksum(answer));
    KeyVersions.requireAlgorithm(keyVersion, answer.getAlgorithm().name());
    return KeyVersions.rootKey(keyVersion, answer.getPem());
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
  private CryptoKey create(String keyId, String tenantId, ProtectionLevel protection) {
    CryptoKey wanted =
        CryptoKey.newBuilder()
            .setPurpose(CryptoKeyPurpose.ASYMMETRIC_SIGN)
            .setVersionTemplate(
                CryptoKeyVersionTemplate.newBuilder()
                    .setAlgorithm(ALGORITHM)
                    .setProtectionLevel(onTheWire(protection)))
            .putLabels(MANAGED_BY, OPERATOR)
            .putLabels(TENANT, tenantId)
            .build();
    return KmsErrors.translated(
        "create " + nameOf(keyId),
        () -> {
          try {
            CryptoKey key = client().createCryptoKey(keyRing(), keyId, wanted);
            log.atInfo().addKeyValue("key", key.getName()).log("Root key created");
            return key;
          } catch (AlreadyExistsException e) {
            return client().getCryptoKey(nameOf(keyId));
          }
        });
  }

  private static void requireUsable(CryptoKey key, String tenantId, ProtectionLevel protection) {
    CryptoKeyVersionTemplate template = key.getVersionTemplate();
    Map<String, String> labels = key.getLabelsMap();
    if (!OPERATOR.equals(labels.get(MANAGED_BY)) || !tenantId.equals(labels.get(TENANT))) {
      throw new KeyRefusedException(
          key.getName() + " does not carry the labels of tenant " + tenantId);
    }
    if (key.getPurpose() != CryptoKeyPurpose.ASYMMETRIC_SIGN) {
      throw new KeyRefusedException(key.getName() + " is for " + key.getPurpose());
    }
    KeyVersions.requireAlgorithm(key.getName(), template.getAlgorithm().name());
    if (template.getProtectionLevel() != onTheWire(protection)) {
      throw new KeyRefusedException(
          key.getName()
              + " has protection level "
              + template.getProtectionLevel()
              + ", which cannot be changed to "
              + onTheWire(protection));
    }
  }

  /**
   * The newest enabled version, or empty while one is generated. Where all are destroyed or about
   * to be, a new one is made; where one is only disabled, somebody meant it.
   */
  private Optional<String> usableVersion(String keyName) {
    List<CryptoKeyVersion> versions = versions(keyName);
    Optional<CryptoKeyVersion> enabled = newest(versions, CryptoKeyVersionState.ENABLED);
    if (enabled.isPresent()) {
      return enabled.map(CryptoKeyVersion::getName);
    }
    if (newest(versions, CryptoKeyVersionState.PENDING_GENERATION).isPresent()) {
      return Optional.empty();
    }
    newest(versions, CryptoKeyVersionState.DISABLED)
        .ifPresent(
            disabled -> {
              throw new KeyRefusedException(
                  disabled.getName() + " is disabled: enable it, or destroy it to get another");
            });
    CryptoKeyVersion made =
        KmsErrors.translated(
            "create a version of " + keyName,
            () -> client().createCryptoKeyVersion(keyName, CryptoKeyVersion.getDefaultInstance()));
    log.atInfo().addKeyValue("version", made.getName()).log("Root key version created");
    return Optional.empty();
  }

  private List<CryptoKeyVersion> versions(String keyName) {
    return KmsErrors.translated(
        "list the versions of " + keyName,
        () -> {
          List<CryptoKeyVersion> all = new ArrayList<>();
          client().listCryptoKeyVersions(keyName).iterateAll().forEach(all::add);
          return all;
        });
  }

  private static Optional<CryptoKeyVersion> newest(
      List<CryptoKeyVersion> versions, CryptoKeyVersionState state) {
    return versions.stream()
        .filter(version -> version.getState() == state)
        .max(Comparator.comparingInt(CloudKmsRootKeys::number));
  }

  private static int number(CryptoKeyVersion version) {
    return Integer.parseInt(CryptoKeyVersionName.parse(version.getName()).getCryptoKeyVersion());
  }

  /** Whether the version is on its way to destruction now. */
  private boolean retired(CryptoKeyVersion version) {
    return switch (version.getState()) {
      case ENABLED -> {
        disable(version);
        yield scheduleDestruction(version.getName());
      }
      case DISABLED -> scheduleDestruction(version.getName());
      case PENDING_GENERATION -> false;
      default -> true;
    };
  }

  private void disable(CryptoKeyVersion version) {
    CryptoKeyVersion disabled =
        version.toBuilder().setState(CryptoKeyVersionState.DISABLED).build();
    FieldMask state = FieldMask.newBuilder().addPaths("state").build();
    KmsErrors.translated(
        "disable " + version.getName(), () -> client().updateCryptoKeyVersion(disabled, state));
  }

  private boolean scheduleDestruction(String version) {
    return KmsErrors.translated(
        "destroy " + version,
        () -> {
          try {
            client().destroyCryptoKeyVersion(version);
            log.atInfo().addKeyValue("version", version).log("Root key's destruction scheduled");
          } catch (FailedPreconditionException e) {
            requireGoing(version, e);
          }
          return true;
        });
  }

  /** The answer to an earlier try may have been lost: then its effect is there. */
  private void requireGoing(String version, FailedPreconditionException refusal) {
    CryptoKeyVersionState state = client().getCryptoKeyVersion(version).getState();
    if (state != CryptoKeyVersionState.DESTROY_SCHEDULED
        && state != CryptoKeyVersionState.DESTROYED) {
      throw refusal;
    }
  }

  private static Optional<Long> checksum(PublicKey answer) {
    return answer.hasPemCrc32C() ? Optional.of(answer.getPemCrc32C().getValue()) : Optional.empty();
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
