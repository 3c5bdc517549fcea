package ai.coditect.licensing.api.signing;

import ai.coditect.licensing.stores.keys.KeyRefusedException;
import ai.coditect.licensing.stores.keys.KeysUnavailableException;
import ai.coditect.licensing.stores.keys.RootKeys.RootKey;
import ai.coditect.licensing.stores.keys.RootSigner;
import ai.coditect.licensing.stores.ledger.LedgerUnavailableException;
import ai.coditect.licensing.stores.ledger.PublishedStatement;
import ai.coditect.licensing.stores.ledger.RootVersions;
import ai.coditect.licensing.stores.ledger.SeatLedger;
import ai.coditect.licensing.tokens.KeyStatement;
import ai.coditect.licensing.tokens.LeafKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a leaf key certified: makes one in memory, has the root sign its statement in KMS, stores
 * the statement in the ledger, and only then lets the key sign. Renews at half-life, so an outage
 * of KMS of as long goes unnoticed, and soon after another root begins to sign; tries for ever.
 */
public final class LeafKeeper implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(LeafKeeper.class);
  private static final Duration FIRST_RETRY = Duration.ofMillis(500);
  private static final Duration LAST_RETRY = Duration.ofSeconds(30);

  /** How soon a root that begins to sign is noticed. */
  private static final Duration ROOTS_INTERVAL = Duration.ofSeconds(10);

  /** A statement begins this long in the past, so that a pod's clock may run ahead by as much. */
  private static final Duration BACKDATED = Duration.ofMinutes(10);

  private final String tenantId;
  private final Duration lifetime;
  private final SeatLedger ledger;
  private final RootSigner rootSigner;
  private final Clock clock;
  private final RandomGenerator jitter;
  private final CountDownLatch closed = new CountDownLatch(1);

  private volatile Optional<CertifiedLeaf> current = Optional.empty();
  private volatile String problem = "the first key statement is not signed yet";
  private Duration nextRetry = FIRST_RETRY;

  /**
   * @param lifetime of a statement, an hour at least
   */
  public LeafKeeper(
      String tenantId,
      Duration lifetime,
      SeatLedger ledger,
      RootSigner rootSigner,
      Clock clock,
      RandomGenerator jitter) {
    this.tenantId = tenantId;
    this.lifetime = lifetime;
    this.ledger = ledger;
    this.rootSigner = rootSigner;
    this.clock = clock;
    this.jitter = jitter;
  }

  /** Begins to keep a leaf certified, in the background. */
  public void start() {
    Thread.ofVirtual().name("leaf-keeper").start(this::run);
  }

  /** Why no token can be signed now, for people; empty while one can. */
  public Optional<String> problem() {
    boolean signs = current.filter(leaf -> leaf.outlivesGrantAt(clock.instant())).isPresent();
    return signs ? Optional.empty() : Optional.of(problem);
  }

  /**
   * For how long tokens can be signed without another statement; zero while none can. It jumps up
   * at each renewal, and falls on from half of a leaf's lifetime where renewals fail.
   */
  public Duration signsFor() {
    return current.map(leaf -> leaf.grantsFor(clock.instant())).orElse(Duration.ZERO);
  }

  /** The leaf that signs; it may have ended. */
  Optional<CertifiedLeaf> current() {
    return current;
  }

  @Override
  public void close() {
    closed.countDown();
  }

  private void run() {
    try {
      long attempted = System.nanoTime();
      Duration pause = attempt();
      while (!closed.await(shorter(pause, ROOTS_INTERVAL).toMillis(), TimeUnit.MILLISECONDS)) {
        if (System.nanoTime() - attempted >= pause.toNanos() || anotherRootSigns()) {
          attempted = System.nanoTime();
          pause = attempt();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Whether the leaf is certified by another root than signs now. Reads the roots on the way, so
   * that they are known while the key management service is away.
   */
  boolean anotherRootSigns() {
    try {
      Optional<RootVersions> roots = ledger.rootVersions();
      roots.ifPresent(named -> named.live().forEach(rootSigner::read));
      return roots
          .flatMap(named -> current.filter(leaf -> !isBy(named.signing(), leaf)))
          .isPresent();
    } catch (LedgerUnavailableException | KeysUnavailableException | KeyRefusedException e) {
      LOG.atDebug().addKeyValue("cause", e.toString()).log("The roots could not be looked at");
      return false;
    }
  }

  private static boolean isBy(String version, CertifiedLeaf leaf) {
    return leaf.root().version().equals(version);
  }

  /** Tries to certify a new leaf; answers when to do so again. */
  Duration attempt() {
    try {
      Optional<RootVersions> roots = ledger.rootVersions();
      if (roots.isEmpty()) {
        return failed("the operator has not made the tenant's root key yet", Optional.empty());
      }
      return certified(certify(roots.get().signing()));
    } catch (KeysUnavailableException e) {
      return failed("the key management service is unavailable", Optional.of(e));
    } catch (KeyRefusedException e) {
      return failed(
          "the key management service refuses to sign with the tenant's root key", Optional.of(e));
    } catch (LedgerUnavailableException e) {
      return failed("the ledger is unavailable", Optional.of(e));
    } catch (RuntimeException e) {
      return failed("the key statement could not be signed", Optional.of(e));
    }
  }

  private Duration certified(CertifiedLeaf leaf) {
    current = Optional.of(leaf);
    nextRetry = FIRST_RETRY;
    LOG.atInfo()
        .addKeyValue("leaf", leaf.key().id())
        .addKeyValue("notAfter", leaf.notAfter())
        .log("Leaf key certified");
    return jittered(lifetime.dividedBy(2).minus(BACKDATED));
  }

  private CertifiedLeaf certify(String rootVersion) {
    RootKey root = rootSigner.read(rootVersion);
    LeafKey leaf = LeafKeys.fresh();
    Instant notBefore = clock.instant().minus(BACKDATED).truncatedTo(ChronoUnit.SECONDS);
    Instant notAfter = notBefore.plus(lifetime);
    String statement =
        KeyStatement.issue(
            root.publicKey(),
            tenantId,
            leaf,
            notBefore,
            notAfter,
            digest -> rootSigner.sign(root.version(), digest));
    ledger.publishStatement(new PublishedStatement(leaf.id(), statement, notAfter));
    return new CertifiedLeaf(leaf, statement, root, notAfter);
  }

  private Duration failed(String reason, Optional<RuntimeException> cause) {
    problem = reason;
    Duration pause = jittered(nextRetry);
    LOG.atWarn()
        .addKeyValue("reason", reason)
        .addKeyValue("cause", cause.map(RuntimeException::toString).orElse("none"))
        .addKeyValue("retryInMillis", pause.toMillis())
        .log("Leaf key not certified");
    Duration doubled = nextRetry.multipliedBy(2);
    nextRetry = doubled.compareTo(LAST_RETRY) < 0 ? doubled : LAST_RETRY;
    return pause;
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  /** Between 80 and 100 per cent, so that pods started together do not stay together. */
  private Duration jittered(Duration pause) {
    return Duration.ofMillis((long) (pause.toMillis() * (0.8 + 0.2 * jitter.nextDouble())));
  }
}
