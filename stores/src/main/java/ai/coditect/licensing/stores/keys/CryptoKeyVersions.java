package ai.coditect.licensing.stores.keys;

import ai.coditect.licensing.stores.keys.RootKeys.RootKey;
import com.google.api.gax.rpc.FailedPreconditionException;
import com.google.cloud.kms.v1.CryptoKeyVersion;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionState;
import com.google.cloud.kms.v1.CryptoKeyVersionName;
import com.google.cloud.kms.v1.KeyManagementServiceClient;
import com.google.cloud.kms.v1.PublicKey;
import com.google.protobuf.FieldMask;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The calls to Cloud KMS that are about a key's versions. */
final class CryptoKeyVersions {

  private static final Logger log = LoggerFactory.getLogger(CryptoKeyVersions.class);

  private final KmsConnection connection;

  CryptoKeyVersions(KmsConnection connection) {
    this.connection = connection;
  }

  List<CryptoKeyVersion> of(String keyName) {
    return KmsErrors.translated(
        "list the versions of " + keyName,
        () -> {
          List<CryptoKeyVersion> all = new ArrayList<>();
          client().listCryptoKeyVersions(keyName).iterateAll().forEach(all::add);
          return all;
        });
  }

  CryptoKeyVersion create(String keyName) {
    CryptoKeyVersion made =
        KmsErrors.translated(
            "create a version of " + keyName,
            () -> client().createCryptoKeyVersion(keyName, CryptoKeyVersion.getDefaultInstance()));
    log.atInfo().addKeyValue("version", made.getName()).log("Root key version created");
    return made;
  }

  /** The public half of one that is enabled. */
  RootKey read(String keyVersion) {
    PublicKey answer =
        KmsErrors.translated("read " + keyVersion, () -> client().getPublicKey(keyVersion));
    Integrity.checkPublicKey(keyVersion, answer.getName(), answer.getPem(), checksum(answer));
    KeyVersions.requireAlgorithm(keyVersion, answer.getAlgorithm().name());
    return KeyVersions.rootKey(keyVersion, answer.getPem());
  }

  /** The newer, the higher. */
  static int number(CryptoKeyVersion version) {
    return Integer.parseInt(CryptoKeyVersionName.parse(version.getName()).getCryptoKeyVersion());
  }

  void disable(String version) {
    CryptoKeyVersion disabled =
        CryptoKeyVersion.newBuilder()
            .setName(version)
            .setState(CryptoKeyVersionState.DISABLED)
            .build();
    FieldMask state = FieldMask.newBuilder().addPaths("state").build();
    KmsErrors.translated(
        "disable " + version, () -> client().updateCryptoKeyVersion(disabled, state));
  }

  /** To be told of one that does not sign any more. */
  void scheduleDestruction(String version) {
    KmsErrors.translated(
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

  private KeyManagementServiceClient client() {
    return connection.client();
  }
}
