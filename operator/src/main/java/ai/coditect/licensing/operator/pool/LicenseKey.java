package ai.coditect.licensing.operator.pool;

import ai.coditect.licensing.stores.ledger.LicenseKeyHash;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a program shows to acquire a seat.
 *
 * @param value {@code lk_} and 256 random bits in base64url
 */
record LicenseKey(String value) {

  private static final String PREFIX = "lk_";
  private static final int RANDOM_BYTES = 32;
  private static final Pattern SHAPE = Pattern.compile("lk_[A-Za-z0-9_-]{43}");

  static LicenseKey generate(SecureRandom random) {
    var bytes = new byte[RANDOM_BYTES];
    random.nextBytes(bytes);
    return new LicenseKey(PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
  }

  /** Refuses what has another shape: a key that somebody made up could be guessed from its hash. */
  static Optional<LicenseKey> parse(String text) {
    return SHAPE.matcher(text).matches() ? Optional.of(new LicenseKey(text)) : Optional.empty();
  }

  /** What the ledger is told of it under its name. */
  LicenseKeyHash hash(String name) {
    try {
      var sha256 = MessageDigest.getInstance("SHA-256");
      var digest = sha256.digest(value.getBytes(StandardCharsets.UTF_8));
      return new LicenseKeyHash(name, HexFormat.of().formatHex(digest));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("This Java has no SHA-256", e);
    }
  }

  @Override
  public String toString() {
    return "LicenseKey[…]";
  }
}
