package ai.coditect.licensing.tokens;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/**
 * The claims of a seat token: who holds which seat until when. Instants are cut to whole seconds,
 * as the token carries them.
 *
 * @param issuer {@code iss}: {@link #issuerOf} the tenant
 * @param audience {@code aud}: the product
 * @param subject {@code sub}: the session
 * @param tenant {@code tenant}
 * @param pool {@code pool}
 * @param slot {@code slot}: which of the pool's seats, from 1
 * @param generation {@code gen}: rises with each grant and each release of that seat, from 0
 * @param entitlements {@code ent}: what the holder may use
 * @param issuedAt {@code iat}
 * @param notBefore {@code nbf}
 * @param expiresAt {@code exp}: the first instant at which the token proves nothing any more
 * @param tokenId {@code jti}
 * @param hardwareHash {@code hwh}: {@link #hardwareHashOf} the machine's hardware id, the SHA-256
 *     of its UTF-8 in lower-case hex
 */
public record SeatToken(
    String issuer,
    String audience,
    String subject,
    String tenant,
    String pool,
    int slot,
    long generation,
    List<String> entitlements,
    Instant issuedAt,
    Instant notBefore,
    Instant expiresAt,
    String tokenId,
    String hardwareHash) {

  /** {@code typ} of a seat token. */
  public static final String TYPE = "seat+jwt";

  /** The longest seat token that is issued or read, in characters. */
  public static final int MAX_LENGTH = 32 * 1024;

  public SeatToken {
    Objects.requireNonNull(issuer, "issuer");
    Objects.requireNonNull(audience, "audience");
    Objects.requireNonNull(subject, "subject");
    Objects.requireNonNull(tenant, "tenant");
    Objects.requireNonNull(pool, "pool");
    Objects.requireNonNull(tokenId, "tokenId");
    Objects.requireNonNull(hardwareHash, "hardwareHash");
    entitlements = List.copyOf(entitlements);
    issuedAt = issuedAt.truncatedTo(ChronoUnit.SECONDS);
    notBefore = notBefore.truncatedTo(ChronoUnit.SECONDS);
    expiresAt = expiresAt.truncatedTo(ChronoUnit.SECONDS);
  }

  /** {@code iss} of everything signed for the tenant. */
  public static String issuerOf(String tenant) {
    return "urn:coditect:tenant:" + tenant;
  }

  /** {@code hwh} of the machine that calls itself so. */
  public static String hardwareHashOf(String hardwareId) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(sha256.digest(hardwareId.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("This Java has no SHA-256", e);
    }
  }
}
