package ai.coditect.licensing.stores.keys;

import ai.coditect.licensing.stores.keys.RootKeys.RootKey;
import com.google.api.services.cloudkms.v1.CloudKMS.Projects.Locations.KeyRings.CryptoKeys.CryptoKeyVersions;
import com.google.api.services.cloudkms.v1.model.AsymmetricSignRequest;
import com.google.api.services.cloudkms.v1.model.AsymmetricSignResponse;
import com.google.api.services.cloudkms.v1.model.Digest;
import com.google.api.services.cloudkms.v1.model.PublicKey;
import java.util.Optional;

/**
 * Signs with root keys in Google Cloud KMS, over REST: the few calls of an API process in a day are
 * not worth the gRPC client's 2,000 classes. Safe for many threads; each call ends within seconds.
 */
public final class CloudKmsRootSigner implements RootSigner {

  private static final int DIGEST_BYTES = 64;
  private static final int SIGNATURE_BYTES = 512;

  private final KmsRest rest;

  private CloudKmsRootSigner(KmsSettings settings) {
    this.rest = new KmsRest(settings);
  }

  /** Prepares to use Cloud KMS. Succeeds whether or not it can be reached now. */
  public static CloudKmsRootSigner connect(KmsSettings settings) {
    return new CloudKmsRootSigner(settings);
  }

  @Override
  public RootKey read(String keyVersion) {
    KeyVersions.requireName(keyVersion);
    PublicKey answer =
        RestErrors.translated(
            "read " + keyVersion, () -> versions().getPublicKey(keyVersion).execute());
    String pem = orEmpty(answer.getPem());
    Integrity.checkPublicKey(
        keyVersion, answer.getName(), pem, Optional.ofNullable(answer.getPemCrc32c()));
    KeyVersions.requireAlgorithm(keyVersion, answer.getAlgorithm());
    return KeyVersions.rootKey(keyVersion, pem);
  }

  @Override
  public byte[] sign(String keyVersion, byte[] sha512) {
    KeyVersions.requireName(keyVersion);
    if (sha512.length != DIGEST_BYTES) {
      throw new IllegalArgumentException("A SHA-512 digest has " + DIGEST_BYTES + " bytes");
    }
    AsymmetricSignRequest request =
        new AsymmetricSignRequest()
            .setDigest(new Digest().encodeSha512(sha512))
            .setDigestCrc32c(Integrity.checksum(sha512));
    AsymmetricSignResponse answer =
        RestErrors.translated(
            "sign with " + keyVersion,
            () ->
                versions()
                    .asymmetricSign(keyVersion, request)
                    .setDisableGZipContent(true)
                    .execute());
    return checked(keyVersion, answer);
  }

  @Override
  public void close() {
    rest.close();
  }

  private static byte[] checked(String keyVersion, AsymmetricSignResponse answer) {
    byte[] signature = orEmpty(answer.decodeSignature());
    Integrity.checkSignature(
        keyVersion,
        answer.getName(),
        Boolean.TRUE.equals(answer.getVerifiedDigestCrc32c()),
        signature,
        Optional.ofNullable(answer.getSignatureCrc32c()));
    if (signature.length != SIGNATURE_BYTES) {
      throw new KeyRefusedException(keyVersion + " is not an RSA-4096 key");
    }
    return signature;
  }

  private CryptoKeyVersions versions() {
    return rest.client().projects().locations().keyRings().cryptoKeys().cryptoKeyVersions();
  }

  private static String orEmpty(String text) {
    return text == null ? "" : text;
  }

  private static byte[] orEmpty(byte[] bytes) {
    return bytes == null ? new byte[0] : bytes;
  }
}
