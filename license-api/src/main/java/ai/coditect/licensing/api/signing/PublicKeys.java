package ai.coditect.licensing.api.signing;

import ai.coditect.licensing.api.bounds.LedgerGate;
import ai.coditect.licensing.stores.keys.KeyRefusedException;
import ai.coditect.licensing.stores.keys.KeysUnavailableException;
import ai.coditect.licensing.stores.keys.RootKeys.RootKey;
import ai.coditect.licensing.stores.keys.RootSigner;
import ai.coditect.licensing.stores.ledger.LedgerUnavailableException;
import ai.coditect.licensing.stores.ledger.PublishedStatement;
import ai.coditect.licensing.stores.ledger.RootVersions;
import ai.coditect.licensing.stores.ledger.SeatLedger;
import ai.coditect.licensing.tokens.KeyStatement;
import ai.coditect.licensing.tokens.SeatVerifier;
import ai.coditect.licensing.tokens.StatementVerdict;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What verifiers may fetch: the roots, the leaves they certify, and their statements about them.
 */
public final class PublicKeys {

  private static final int MAX_LEAVES = 1_000;

  /** For so long a root is believed that somebody has withdrawn. */
  private static final Duration BELIEVED_FOR = Duration.ofSeconds(10);

  private final SeatLedger ledger;
  private final RootSigner roots;
  private final Clock clock;
  // Anybody may ask, as often as they like.
  private final LedgerGate gate = new LedgerGate(1);
  private final Cache<Certified, Map<String, Object>> leafJwks =
      Caffeine.newBuilder().maximumSize(MAX_LEAVES).build();
  private volatile Optional<PublishedKeys> lastRead = Optional.empty();

  /**
   * @param roots reads public halves, each of them often
   */
  public PublicKeys(SeatLedger ledger, RootSigner roots, Clock clock) {
    this.ledger = ledger;
    this.roots = roots;
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
    return live(read());
  }

  /**
   * The roots' and the live leaves' public JWKs, the roots first.
   *
   * @throws SigningUnavailableException while there is no root
   * @throws LedgerUnavailableException as {@link #statements}
   */
  public List<Map<String, Object>> jwks() {
    PublishedKeys published = read();
    SeatVerifier verifier = verifier(published);
    List<Map<String, Object>> keys = new ArrayList<>();
    published.roots().forEach(root -> keys.add(root.jwk()));
    for (PublishedStatement statement : live(published)) {
      leafJwk(published, verifier, statement.statement()).ifPresent(keys::add);
    }
    return keys;
  }

  /**
   * Believes the tenant's roots as the ledger named them within the last seconds, or before it went
   * away.
   *
   * @throws SigningUnavailableException while there is no root
   * @throws LedgerUnavailableException as {@link #statements}
   */
  SeatVerifier verifier() {
    return verifier(lastRead.filter(PublicKeys::isFresh).orElseGet(this::read));
  }

  /**
   * Every statement that the ledger has kept so far, never from memory: what is not among them was
   * never stored.
   *
   * @throws LedgerUnavailableException where it is away
   */
  List<PublishedStatement> stored() {
    return readNow().statements();
  }

  private PublishedKeys read() {
    try {
      return readNow();
    } catch (LedgerUnavailableException e) {
      return lastRead.orElseThrow(() -> e);
    }
  }

  private PublishedKeys readNow() {
    long asked = System.nanoTime();
    return gate.ask(() -> readSince(asked));
  }

  /** One at a time: while a caller waited, another may have read for it. */
  private PublishedKeys readSince(long asked) {
    Optional<PublishedKeys> shared = lastRead.filter(read -> read.begunNanos() - asked > 0);
    if (shared.isPresent()) {
      return shared.get();
    }
    long begun = System.nanoTime();
    // In this order: a root is in the ledger before any statement by it.
    List<PublishedStatement> statements = ledger.statements();
    PublishedKeys mine = new PublishedKeys(begun, statements, believed(ledger.rootVersions()));
    lastRead = Optional.of(mine);
    return mine;
  }

  private List<RootKey> believed(Optional<RootVersions> versions) {
    try {
      return versions.stream()
          .flatMap(named -> named.live().stream())
          .flatMap(this::publicHalf)
          .toList();
    } catch (KeysUnavailableException e) {
      throw new SigningUnavailableException(
          "A root's public half cannot be read: " + e.getMessage());
    }
  }

  /** None where it is disabled: the operator will see so too. */
  private Stream<RootKey> publicHalf(String version) {
    try {
      return Stream.of(roots.read(version));
    } catch (KeyRefusedException e) {
      return Stream.empty();
    }
  }

  private static boolean isFresh(PublishedKeys read) {
    return System.nanoTime() - read.begunNanos() < BELIEVED_FOR.toNanos();
  }

  private static SeatVerifier verifier(PublishedKeys published) {
    return published
        .verifier()
        .orElseThrow(() -> new SigningUnavailableException("There is no root yet"));
  }

  private List<PublishedStatement> live(PublishedKeys published) {
    Instant now = clock.instant();
    return published.statements().stream()
        .filter(statement -> statement.notAfter().isAfter(now))
        .toList();
  }

  /** From memory where it was verified before: RSA-4096 takes its time, and anybody may ask. */
  private Optional<Map<String, Object>> leafJwk(
      PublishedKeys published, SeatVerifier verifier, String statement) {
    Certified certified = new Certified(published.roots(), statement);
    Optional<Map<String, Object>> known = Optional.ofNullable(leafJwks.getIfPresent(certified));
    return known.or(
        () -> {
          Optional<Map<String, Object>> verified = verified(verifier, statement);
          verified.ifPresent(jwk -> leafJwks.put(certified, jwk));
          return verified;
        });
  }

  private Optional<Map<String, Object>> verified(SeatVerifier verifier, String statement) {
    return switch (verifier.verifyStatement(statement, clock.instant())) {
      case StatementVerdict.Valid(KeyStatement valid) -> Optional.of(valid.leafJwk());
      // Of a root that is believed no more: its leaves are not, either.
      case StatementVerdict.Invalid ignored -> Optional.empty();
    };
  }

  private record Certified(List<RootKey> roots, String statement) {}
}
