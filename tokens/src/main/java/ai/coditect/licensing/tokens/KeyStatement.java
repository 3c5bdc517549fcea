package ai.coditect.licensing.tokens;

import ai.coditect.licensing.tokens.KeyStatementClaims.Terms;
import com.nimbusds.jose.Payload;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

/**
 * What a tenant's root says of a leaf key: it may sign the tenant's seat tokens and revocation
 * lists from one instant to another.
 *
 * @param tenant whose tokens the leaf may sign
 * @param leafId {@code kid} of the leaf
 * @param leafJwk the leaf's public JWK: {@code kty crv x y kid use alg}
 * @param notBefore the first instant at which the leaf counts
 * @param notAfter the first instant at which it counts no more
 */
public record KeyStatement(
    String tenant,
    String leafId,
    Map<String, Object> leafJwk,
    Instant notBefore,
    Instant notAfter) {

  /** {@code typ} of a statement. */
  public static final String TYPE = "keystmt+jwt";

  /** The longest time for which a statement may certify a leaf. */
  public static final Duration MAX_LIFETIME = Duration.ofHours(24);

  /** The longest statement that is issued or read, in characters. */
  public static final int MAX_LENGTH = 8 * 1024;

  public KeyStatement {
    leafJwk = Map.copyOf(leafJwk);
  }

  /**
   * Has the root certify a leaf. The result is verified before it is given out, so a damaged or
   * foreign signature never leaves this method.
   *
   * @param root public half of the key behind {@code signer}
   * @param notBefore cut to whole seconds
   * @param notAfter cut to whole seconds; at most {@link #MAX_LIFETIME} after {@code notBefore}
   * @return JWS compact, {@code typ: keystmt+jwt}
   * @throws IllegalArgumentException where no verifier would accept the claims
   * @throws IllegalStateException where the signature is not the root's
   */
  public static String issue(
      RSAPublicKey root,
      String tenant,
      LeafKey leaf,
      Instant notBefore,
      Instant notAfter,
      RootSigner signer) {
    Terms terms =
        new Terms(
            tenant,
            notBefore.truncatedTo(ChronoUnit.SECONDS),
            notAfter.truncatedTo(ChronoUnit.SECONDS));
    Map<String, Object> claims = KeyStatementClaims.toJson(terms, leaf);
    requireIssuable(claims);
    String statement = RootJws.sign(root, TYPE, new Payload(claims), signer);
    if (SeatVerifier.pinnedTo(List.of(root)).verifyStatement(statement, terms.notBefore())
        instanceof StatementVerdict.Invalid invalid) {
      throw new IllegalStateException("The signer is not the root: " + invalid.detail());
    }
    return statement;
  }

  private static void requireIssuable(Map<String, Object> claims) {
    try {
      KeyStatementClaims.terms(new Claims("statement", claims));
    } catch (Refusal e) {
      throw new IllegalArgumentException(e.detail(), e);
    }
  }
}
