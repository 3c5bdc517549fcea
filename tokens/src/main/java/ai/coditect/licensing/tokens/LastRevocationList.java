package ai.coditect.licensing.tokens;

import com.nimbusds.jose.Payload;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * The last list that a tenant's root signs, before it signs nothing any more: every token of the
 * tenant is revoked. It needs no statement, since it must outlive them all, and no sequence, since
 * none comes after it. Its {@code typ} is another one than that of a {@link RevocationList}, so
 * that neither key can sign what is the other's.
 */
public final class LastRevocationList {

  /** {@code typ} of a tenant's last list. */
  public static final String TYPE = "last-revocations+jwt";

  /**
   * By then every token has ended by itself: a borrowed seat's is the longest, and the clock that
   * it was made by may be a little ahead.
   */
  public static final Duration LIFETIME = BorrowedSeat.MAX_LIFETIME.plusDays(1);

  private LastRevocationList() {}

  /**
   * Has the root sign that the tenant is over. The result is verified before it is given out.
   *
   * @param root public half of the key behind {@code signer}
   * @param at now
   * @return JWS compact, {@code typ: last-revocations+jwt}; it ends {@link #LIFETIME} later
   * @throws IllegalArgumentException where {@code tenant} is no tenant's id
   * @throws IllegalStateException where the signature is not the root's
   */
  public static String issue(RSAPublicKey root, String tenant, Instant at, RootSigner signer) {
    byte[] claims = RevocationListClaims.writeLast(of(tenant, at, at.plus(LIFETIME)));
    String list = RootJws.sign(root, TYPE, new Payload(claims), signer);
    if (SeatVerifier.pinnedTo(List.of(root)).verifyLastRevocations(list, at)
        instanceof RevocationVerdict.Invalid invalid) {
      throw new IllegalStateException("The signer is not the root: " + invalid.detail());
    }
    return list;
  }

  static RevocationList of(String tenant, Instant issuedAt, Instant expiresAt) {
    return new RevocationList(tenant, 0, issuedAt, expiresAt, true, Map.of(), true);
  }
}
