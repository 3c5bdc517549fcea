package ai.coditect.licensing.api.seats;

import ai.coditect.licensing.stores.ledger.BorrowWish;
import ai.coditect.licensing.stores.ledger.IdempotencyKey;
import ai.coditect.licensing.stores.ledger.ServiceAccountKey;
import ai.coditect.licensing.tokens.SeatToken;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Who asks for a seat, as hashes only.
 *
 * @param licenseKeySha256Hex the key that was shown, or what stands for it where a service account
 *     needs none
 * @param holder who holds the seat: the machine, or one of several programs on it
 * @param hardwareHash the machine
 * @param principal issuer and subject of its bearer token, however often that changes; empty where
 *     nobody proved to be anybody
 * @param idempotencyKey the caller's name for this request
 * @param borrow empty where the seat is to be kept by heartbeats
 */
public record Applicant(
    String licenseKeySha256Hex,
    String holder,
    String hardwareHash,
    String principal,
    Optional<IdempotencyKey> idempotencyKey,
    Optional<BorrowWish> borrow) {

  /**
   * Hashes what a caller said of itself.
   *
   * @param tenantId whose seat is asked for: the same machine is another holder in each tenant
   * @param hardwareId without control characters, so that no two pairs read the same
   * @param instance empty where the machine has one seat for all its programs; without control
   *     characters
   */
  public static Applicant of(
      String tenantId, String licenseKey, String hardwareId, String instance) {
    return ofKey(sha256Hex(licenseKey), tenantId, hardwareId, instance);
  }

  /**
   * Hashes what a pod's token says of it, which needs no licence key.
   *
   * @param hardwareId what stands for the pod
   */
  public static Applicant ofPod(
      String tenantId,
      String poolId,
      String namespace,
      String serviceAccount,
      String hardwareId,
      String instance) {
    String key = ServiceAccountKey.of(tenantId, poolId, namespace, serviceAccount).sha256Hex();
    return ofKey(key, tenantId, hardwareId, instance);
  }

  private static Applicant ofKey(
      String keySha256Hex, String tenantId, String hardwareId, String instance) {
    return new Applicant(
        keySha256Hex,
        sha256Hex(tenantId + "\n" + hardwareId + "\n" + instance),
        SeatToken.hardwareHashOf(hardwareId),
        "",
        Optional.empty(),
        Optional.empty());
  }

  /** The same, as the bearer of a token. */
  public Applicant calledBy(String whom) {
    return new Applicant(licenseKeySha256Hex, holder, hardwareHash, whom, idempotencyKey, borrow);
  }

  /** On whose account it asks: the bearer's, or that of whoever shows the licence key. */
  public String account() {
    return principal.isEmpty() ? licenseKeySha256Hex : principal;
  }

  /**
   * The same, that wishes to borrow a seat.
   *
   * @param days of 24 hours; empty for as many as the pool lends seats for
   */
  public Applicant borrowing(OptionalInt days) {
    return new Applicant(
        licenseKeySha256Hex,
        holder,
        hardwareHash,
        principal,
        idempotencyKey,
        Optional.of(new BorrowWish(days)));
  }

  /**
   * The same, of a caller that may send this very request again. Two callers' keys are told apart,
   * so that neither can use up the other's.
   *
   * @param key as it was sent; without control characters
   */
  public Applicant repeatable(String key) {
    return new Applicant(
        licenseKeySha256Hex,
        holder,
        hardwareHash,
        principal,
        Optional.of(
            new IdempotencyKey(
                sha256Hex(key + "\n" + principal),
                sha256Hex(licenseKeySha256Hex + "\n" + holder + "\n" + principal + wishText()))),
        borrow);
  }

  private String wishText() {
    return borrow.map(wish -> "\nborrow " + wish.days().orElse(0)).orElse("");
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
