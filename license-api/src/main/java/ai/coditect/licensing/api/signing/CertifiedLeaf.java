package ai.coditect.licensing.api.signing;

import ai.coditect.licensing.stores.keys.RootKeys.RootKey;
import ai.coditect.licensing.tokens.LeafKey;
import java.time.Duration;
import java.time.Instant;

/**
 * A leaf key whose statement every pod can serve.
 *
 * @param root the root that signed the statement
 * @param notAfter when the statement ends
 */
record CertifiedLeaf(LeafKey key, String statement, RootKey root, Instant notAfter) {

  private static final Duration SHORTEST_TOKEN = Duration.ofSeconds(1);

  /** A seat may take so long to be written, and the ledger's clock be ahead by so much. */
  private static final Duration GRANT_MARGIN = Duration.ofSeconds(10);

  /** Whether it can sign a token about a seat of that instant. */
  boolean signsAt(Instant granted) {
    return granted.plus(SHORTEST_TOKEN).isBefore(notAfter);
  }

  /** How much longer {@link #outlivesGrantAt} holds; zero where it does no more. */
  Duration grantsFor(Instant now) {
    Duration left = Duration.between(now, notAfter).minus(GRANT_MARGIN).minus(SHORTEST_TOKEN);
    return left.isNegative() ? Duration.ZERO : left;
  }

  /** Whether it will still sign once a seat that is asked for now is written. */
  boolean outlivesGrantAt(Instant now) {
    return signsAt(now.plus(GRANT_MARGIN));
  }
}
