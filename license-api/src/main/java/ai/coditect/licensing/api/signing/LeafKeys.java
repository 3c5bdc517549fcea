package ai.coditect.licensing.api.signing;

import ai.coditect.licensing.tokens.LeafKey;
import org.conscrypt.Conscrypt;

/** Makes leaf keys that sign fast: each acquire and each heartbeat waits for a signature. */
final class LeafKeys {

  private LeafKeys() {}

  /**
   * A fresh key for Conscrypt, which signs in a tenth of the time, or for Java's own ECDSA where
   * Conscrypt has no library for this machine.
   */
  static LeafKey fresh() {
    return Conscrypt.isAvailable() ? LeafKey.generate(Conscrypt.newProvider()) : LeafKey.generate();
  }
}
