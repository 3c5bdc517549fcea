package ai.coditect.licensing.stores.keys;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The checks Google asks its callers to make, since an answer may be damaged on its way through
 * more machines than TLS protects.
 */
final class Integrity {

  private Integrity() {}

  static long checksum(byte[] data) {
    CRC32C crc = new CRC32C();
    crc.update(data);
    return crc.getValue();
  }

  /**
   * Checks a public key.
   *
   * @param asked the version that was asked for
   * @param answered the version that the answer is about
   * @param checksum the answer's
   */
  static void checkPublicKey(String asked, String answered, String pem, Optional<Long> checksum) {
    require(asked.equals(answered), asked, "an answer about another key");
    require(
        matches(pem.getBytes(UTF_8), checksum),
        asked,
        "a public key that does not match its checksum");
  }

  /**
   * Checks a signature.
   *
   * @param digestVerified whether the service found the digest to match the checksum it came with
   */
  static void checkSignature(
      String asked,
      String answered,
      boolean digestVerified,
      byte[] signature,
      Optional<Long> checksum) {
    require(asked.equals(answered), asked, "a signature by another key");
    require(digestVerified, asked, "a signature of a digest it did not verify");
    require(matches(signature, checksum), asked, "a signature that does not match its checksum");
  }

  private static boolean matches(byte[] data, Optional<Long> checksum) {
    return checksum.filter(sent -> sent == checksum(data)).isPresent();
  }

  private static void require(boolean holds, String version, String what) {
    if (!holds) {
      throw new KeysUnavailableException("Cloud KMS sent " + what + ", for " + version);
    }
  }
}
