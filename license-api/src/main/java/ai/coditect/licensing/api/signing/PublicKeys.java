package ai.coditect.licensing.api.signing;

import ai.coditect.licensing.api.bounds.LedgerGate;
import ai.coditect.licensing.stores.keys.RootKeys.RootKey;
import ai.coditect.licensing.stores.ledger.LedgerUnavailableException;
import ai.coditect.licensing.stores.ledger.PublishedStatement;
import ai.coditect.licensing.stores.ledger.SeatLedger;
import ai.coditect.licensing.tokens.KeyStatement;
import ai.coditect.licensing.tokens.SeatVerifier;
import ai.coditect.licensing.tokens.StatementVerdict;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What verifiers may fetch: the root, the leaves it certifies, and its statements about them. */
public final class PublicKeys {

  private final SeatLedger ledger;
  private final LeafKeeper leaves;
  private final Clock clock;
  // Anybody may ask, as often as they like.
  private final LedgerGate gate = new LedgerGate(1);
  private volatile Optional<List<PublishedStatement>> lastRead = Optional.empty();

  public PublicKeys(SeatLedger ledger, LeafKeeper leaves, Clock clock) {
    this.ledger = ledger;
    this.leaves = leaves;
    this.clock = clock;
  }

  /**
   * Every statement that has not ended, from any pod. Read from the ledger each time, since another
   * pod's leaf signs as soon as its statement is stored; from memory only while the ledger is away,
   * when no pod can store one.
   *
   * @throws LedgerUnavailableException where it is away and was never read
   */
  public List<PublishedStatement> statements() {
    Instant now = clock.instant();
    return read().stream().filter(statement -> statement.notAfter().isAfter(now)).toList();
  }

  /**
   * The root's and the live leaves' public JWKs, the root first.
   *
   * @throws SigningUnavailableException while the root has not been read
   * @throws LedgerUnavailableException as {@link #statements}
   */
  public List<Map<String, Object>> jwks() {
    RootKey root =
        leaves
            .current()
            .map(CertifiedLeaf::root)
            .orElseThrow(() -> new SigningUnavailableException("The root is not known yet"));
    SeatVerifier verifier = SeatVerifier.pinnedTo(List.of(root.publicKey()));
    List<Map<String, Object>> keys = new ArrayList<>();
    keys.add(root.jwk());
    for (PublishedStatement published : statements()) {
      leafJwk(verifier, published).ifPresent(keys::add);
    }
    return keys;
  }

  private List<PublishedStatement> read() {
    try {
      List<PublishedStatement> read = gate.read(ledger::statements);
      lastRead = Optional.of(read);
      return read;
    } catch (LedgerUnavailableException e) {
      return lastRead.orElseThrow(() -> e);
    }
  }

  private Optional<Map<String, Object>> leafJwk(SeatVerifier verifier, PublishedStatement stored) {
    return switch (verifier.verifyStatement(stored.statement(), clock.instant())) {
      case StatementVerdict.Valid(KeyStatement statement) -> Optional.of(statement.leafJwk());
      // Of an older root: its verifiers have pinned it and need no JWK.
      case StatementVerdict.Invalid ignored -> Optional.empty();
    };
  }
}
