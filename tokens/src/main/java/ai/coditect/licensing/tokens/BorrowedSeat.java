package ai.coditect.licensing.tokens;

import com.nimbusds.jose.Payload;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.util.List;

/**
 * The token of a seat that is borrowed for days. It outlives every {@link KeyStatement}, so the
 * tenant's root signs it itself. Its claims are those of a {@link SeatToken}; its {@code typ} is
 * another one, so that neither key can sign what is the other's.
 */
public final class BorrowedSeat {

  /** {@code typ} of a borrowed seat's token. */
  public static final String TYPE = "borrowed-seat+jwt";

  /**
   * The longest time for which a seat may be borrowed: the root that signed must be believed for as
   * long after it was replaced, and nothing can call a copy without a network back.
   */
  public static final Duration MAX_LIFETIME = Duration.ofDays(30);

  private BorrowedSeat() {}

  /**
   * Has the root sign the claims. The result is verified before it is given out, so a damaged or
   * foreign signature never leaves this method.
   *
   * @param root public half of the key behind {@code signer}
   * @param claims from {@code nbf} to {@code exp} {@link #MAX_LIFETIME} at most
   * @return JWS compact, {@code typ: borrowed-seat+jwt}
   * @throws IllegalArgumentException where no verifier would accept the claims
   * @throws IllegalStateException where the signature is not the root's
   */
  public static String issue(RSAPublicKey root, SeatToken claims, RootSigner signer) {
    byte[] json = SeatTokenClaims.write(claims);
    requireShort(claims);
    String token = RootJws.sign(root, TYPE, new Payload(json), signer);
    if (SeatVerifier.pinnedTo(List.of(root)).verifyBorrowed(token, claims.notBefore())
        instanceof Verdict.Invalid invalid) {
      throw new IllegalStateException("The signer is not the root: " + invalid.detail());
    }
    return token;
  }

  private static void requireShort(SeatToken claims) {
    try {
      requireWithin(claims);
    } catch (Refusal e) {
      throw new IllegalArgumentException(e.detail(), e);
    }
  }

  static void requireWithin(SeatToken claims) throws Refusal {
    Duration lifetime = Duration.between(claims.notBefore(), claims.expiresAt());
    if (lifetime.compareTo(MAX_LIFETIME) > 0) {
      throw new Refusal(
          Reason.BORROWED_TOO_LONG, "token: lives longer than " + MAX_LIFETIME.toDays() + " days");
    }
  }
}
