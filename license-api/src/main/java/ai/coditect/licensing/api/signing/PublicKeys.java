package ai.coditect.licensing.api.signing;

import ai.coditect.licensing.api.bounds.LedgerGate;
import ai.coditect.licensing.stores.keys.RootKeys.RootKey;
import ai.coditect.licensing.stores.ledger.LedgerUnavailableException;
import ai.coditect.licensing.stores.ledger.PublishedStatement;
import ai.coditect.licensing.stores.ledger.SeatLedger;
import ai.coditect.licensing.tokens.KeyStatement;
import ai.coditect.licensing.tokens.SeatVerifier;
import ai.coditect.licensing.tokens.StatementVerdict;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What verifiers may fetch: the root, the leaves it certifies, and its statements about them. */
public final class PublicKeys {

  private static final int MAX_LEAVES = 1_000;

  private final SeatLedger ledger;
  private final LeafKeeper leaves;
  private final Clock clock;
  // Anybody may ask, as often as they like.
  private final LedgerGate gate = new LedgerGate(1);
  private final Cache<Certified, Map<String, Object>> leafJwks =
      Caffeine.newBuilder().maximumSize(MAX_LEAVES).build();
  private volatile Optional<Reading> lastRead = Optional.empty();

  public PublicKeys(SeatLedger ledger, LeafKeeper leaves, Clock clock) {
    this.ledger = ledger;
    this.leaves = leaves;
    this.clock = clock;
  }

  /**
   * Every statement that has not ended, from any pod. Read from the ledger after each call, since
   * another pod's leaf signs as soon as its statement is stored; callers that wait share a reading.
   * From memory only while the ledger is away, when no pod can store one.
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
    List<Map<String, Object>> keys = new ArrayList<>();
    keys.add(root.jwk());
    for (PublishedStatement published : statements()) {
      leafJwk(root, published).ifPresent(keys::add);
    }
    return keys;
  }

  private List<PublishedStatement> read() {
    try {
      return stored();
    } catch (LedgerUnavailableException e) {
      return lastRead.orElseThrow(() -> e).statements();
    }
  }

  /**
   * Every statement that the ledger has kept so far, never from memory: what is not among them was
   * never stored.
   *
   * @throws LedgerUnavailableException where it is away
   */
  List<PublishedStatement> stored() {
    long asked = System.nanoTime();
    return gate.ask(() -> readSince(asked)).statements();
  }

  /** One at a time: while a caller waited, another may have read for it. */
  private Reading readSince(long asked) {
    Optional<Reading> shared = lastRead.filter(reading -> reading.begunNanos() - asked > 0);
    if (shared.isPresent()) {
      return shared.get();
    }
    Reading mine = new Reading(System.nanoTime(), ledger.statements());
    lastRead = Optional.of(mine);
    return mine;
  }

  /** From memory where it was verified before: RSA-4096 takes its time, and anybody may ask. */
  private Optional<Map<String, Object>> leafJwk(RootKey root, PublishedStatement stored) {
    Certified certified = new Certified(root.version(), stored.statement());
    Optional<Map<String, Object>> known = Optional.ofNullable(leafJwks.getIfPresent(certified));
    return known.or(
        () -> {
          Optional<Map<String, Object>> verified = verified(root, stored);
          verified.ifPresent(jwk -> leafJwks.put(certified, jwk));
          return verified;
        });
  }

  private Optional<Map<String, Object>> verified(RootKey root, PublishedStatement stored) {
    SeatVerifier verifier = SeatVerifier.pinnedTo(List.of(root.publicKey()));
    return switch (verifier.verifyStatement(stored.statement(), clock.instant())) {
      case StatementVerdict.Valid(KeyStatement statement) -> Optional.of(statement.leafJwk());
      // Of an older root: its verifiers have pinned it and need no JWK.
      case StatementVerdict.Invalid ignored -> Optional.empty();
    };
  }

  private record Reading(long begunNanos, List<PublishedStatement> statements) {}

  private record Certified(String rootVersion, String statement) {}
}
