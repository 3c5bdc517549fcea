package ai.coditect.licensing.api.signing;

import ai.coditect.licensing.stores.keys.RootKeys.RootKey;
import ai.coditect.licensing.tokens.LeafKey;
import java.time.Instant;

/**
 * A leaf key whose statement every pod can serve.
 *
 * @param root the root that signed the statement
 * @param notAfter when the statement ends
 */
record CertifiedLeaf(LeafKey key, String statement, RootKey root, Instant notAfter) {}
