package ai.coditect.licensing.stores.ledger;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A Kubernetes service account whose pods take seats of a pool without a licence key. In the ledger
 * it stands among the pool's licence keys, so that a grant checks it, a withdrawal revokes it, and
 * the record names it, as with any key.
 *
 * <p>In place of a key's hash stands one that no key has: half of it are zeros, and to find a text
 * with such a SHA-256 takes 2^128 tries.
 */
public final class ServiceAccountKey {

  private static final int LENGTH = 32;

  private ServiceAccountKey() {}

  /**
   * The service account among the pool's keys.
   *
   * @param namespace of the service account, without a slash, as Kubernetes has it
   */
  public static LicenseKeyHash of(
      String tenantId, String poolId, String namespace, String serviceAccount) {
    var name = namespace + "/" + serviceAccount;
    var hash = sha256(String.join("\n", tenantId, poolId, name));
    Arrays.fill(hash, 0, LENGTH / 2, (byte) 0);
    return new LicenseKeyHash(name, HexFormat.of().formatHex(hash));
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("This Java has no SHA-256", e);
    }
  }
}
