package ai.coditect.licensing.api.seats;

import ai.coditect.licensing.tokens.SeatToken;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Who asks for a seat, as hashes only.
 *
 * @param licenseKeySha256Hex the key that was shown
 * @param holder who holds the seat: the machine, or one of several programs on it
 * @param hardwareHash the machine
 */
public record Applicant(String licenseKeySha256Hex, String holder, String hardwareHash) {

  /**
   * Hashes what a caller said of itself.
   *
   * @param hardwareId without control characters, so that no two pairs read the same
   * @param instance empty where the machine has one seat for all its programs; without control
   *     characters
   */
  public static Applicant of(String licenseKey, String hardwareId, String instance) {
    return new Applicant(
        sha256Hex(licenseKey),
        sha256Hex(hardwareId + "\n" + instance),
        SeatToken.hardwareHashOf(hardwareId));
  }

  private static String sha256Hex(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("This Java has no SHA-256", e);
    }
  }
}
