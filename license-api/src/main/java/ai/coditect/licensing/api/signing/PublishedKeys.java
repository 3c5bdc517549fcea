package ai.coditect.licensing.api.signing;

import ai.coditect.licensing.stores.keys.RootKeys.RootKey;
import ai.coditect.licensing.stores.ledger.PublishedStatement;
import ai.coditect.licensing.tokens.SeatVerifier;
import java.util.List;
import java.util.Optional;

/**
 * What the ledger said at one time of the tenant's keys.
 *
 * @param begunNanos when it was asked, by {@link System#nanoTime}
 * @param statements of any pod, those that have not ended
 * @param roots those that are believed; empty while the operator has made none
 */
record PublishedKeys(long begunNanos, List<PublishedStatement> statements, List<RootKey> roots) {

  /** Believes these roots; empty where there is none. */
  Optional<SeatVerifier> verifier() {
    return roots.isEmpty()
        ? Optional.empty()
        : Optional.of(SeatVerifier.pinnedTo(roots.stream().map(RootKey::publicKey).toList()));
  }
}
