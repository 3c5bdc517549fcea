package ai.coditect.licensing.stores.keys;

import com.google.cloud.kms.v1.AsymmetricSignResponse;
import com.google.cloud.kms.v1.PublicKey;
import com.google.protobuf.ByteString;
import com.google.protobuf.Int64Value;
import java.util.zip.CRC32C;

/**
 * The checks Google asks its callers to make, since an answer may be damaged on its way through
 * more machines than TLS protects.
 */
final class Integrity {

  private Integrity() {}

  static Int64Value checksum(ByteString data) {
    CRC32C crc = new CRC32C();
    crc.update(data.asReadOnlyByteBuffer());
    return Int64Value.of(crc.getValue());
  }

  static void check(PublicKey answer, String version) {
    require(answer.getName().equals(version), version, "an answer about another key");
    require(
        answer.hasPemCrc32C()
            && answer.getPemCrc32C().equals(checksum(ByteString.copyFromUtf8(answer.getPem()))),
        version,
        "a public key that does not match its checksum");
  }

  static void check(AsymmetricSignResponse answer, String version) {
    require(answer.getName().equals(version), version, "a signature by another key");
    require(answer.getVerifiedDigestCrc32C(), version, "a signature of a digest it did not verify");
    require(
        answer.hasSignatureCrc32C()
            && answer.getSignatureCrc32C().equals(checksum(answer.getSignature())),
        version,
        "a signature that does not match its checksum");
  }

  private static void require(boolean holds, String version, String what) {
    if (!holds) {
      throw new KeysUnavailableException("Cloud KMS sent " + what + ", for " + version);
    }
  }
}
