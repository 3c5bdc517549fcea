package ai.coditect.licensing.api.seats;

import ai.coditect.licensing.api.bounds.LedgerGate;
import ai.coditect.licensing.stores.ledger.LedgerUnavailableException;
import ai.coditect.licensing.stores.ledger.LicensedPool;
import ai.coditect.licensing.stores.ledger.SeatLedger;
import com.github.benmanes.caffeine.cache.AsyncLoadingCache;
import com.github.benmanes.caffeine.cache.CacheLoader;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Which pool a licence key opens, remembered for seconds. A grant checks the key again in its own
 * transaction, so a key that was revoked opens nothing even while it is remembered.
 *
 * <p>Callers of one key share one lookup, and a failed one is remembered for a moment: in an outage
 * nobody queues behind the failures of others.
 */
public final class LicenseKeys {

  private static final Duration REFRESH_KNOWN = Duration.ofSeconds(2);
  private static final Duration KEEP_KNOWN = Duration.ofSeconds(6);
  private static final Duration KEEP_UNKNOWN = Duration.ofSeconds(1);
  private static final Duration KEEP_FAILED = Duration.ofMillis(200);
  private static final Duration MAX_WAIT = Duration.ofSeconds(1);
  private static final int LOOKUPS_AT_A_TIME = 2;
  private static final int MAX_KEYS = 10_000;

  private final AsyncLoadingCache<String, Lookup> lookups;

  /**
   * @param background runs lookups; whoever needs one waits for it, but not long
   */
  public LicenseKeys(SeatLedger ledger, Executor background, Ticker ticker) {
    this.lookups =
        Caffeine.newBuilder()
            .ticker(ticker)
            .executor(background)
            .maximumSize(MAX_KEYS)
            .refreshAfterWrite(REFRESH_KNOWN)
            .expireAfter(Expiry.<String, Lookup>writing((key, lookup) -> keep(lookup)))
            .buildAsync(new FromLedger(ledger, new LedgerGate(LOOKUPS_AT_A_TIME)));
  }

  /**
   * The pool the key opens, or empty if the key is unknown or revoked.
   *
   * @throws LedgerUnavailableException where that cannot be told within a second
   */
  Optional<LicensedPool> poolOf(String licenseKeySha256Hex) {
    return switch (await(lookups.get(licenseKeySha256Hex))) {
      case Lookup.Found(LicensedPool pool) -> Optional.of(pool);
      case Lookup.Unknown() -> Optional.empty();
      case Lookup.Failed(LedgerUnavailableException cause) ->
          throw new LedgerUnavailableException(cause.getMessage(), cause);
    };
  }

  /** The ledger refused the key: ask it again next time. */
  void forget(String licenseKeySha256Hex) {
    lookups.synchronous().invalidate(licenseKeySha256Hex);
  }

  private static Lookup await(CompletableFuture<Lookup> lookup) {
    try {
      return lookup.get(MAX_WAIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new LedgerUnavailableException("The ledger did not look up a key in time", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LedgerUnavailableException("Interrupted while waiting for the ledger", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("A licence key could not be looked up", e);
    }
  }

  private static Duration keep(Lookup lookup) {
    return switch (lookup) {
      case Lookup.Found _ -> KEEP_KNOWN;
      case Lookup.Unknown _ -> KEEP_UNKNOWN;
      case Lookup.Failed _ -> KEEP_FAILED;
    };
  }

  /** What the ledger said of a key. */
  private sealed interface Lookup {
    record Found(LicensedPool pool) implements Lookup {}

    record Unknown() implements Lookup {}

    record Failed(LedgerUnavailableException cause) implements Lookup {}
  }

  private record FromLedger(SeatLedger ledger, LedgerGate gate)
      implements CacheLoader<String, Lookup> {

    @Override
    public Lookup load(String licenseKeySha256Hex) {
      try {
        return gate.ask(() -> ledger.poolOfKey(licenseKeySha256Hex))
            .<Lookup>map(Lookup.Found::new)
            .orElseGet(Lookup.Unknown::new);
      } catch (LedgerUnavailableException e) {
        return new Lookup.Failed(e);
      }
    }

    @Override
    public Lookup reload(String licenseKeySha256Hex, Lookup remembered) {
      Lookup fresh = load(licenseKeySha256Hex);
      // The grant that follows meets the same outage and says so.
      return fresh instanceof Lookup.Failed ? remembered : fresh;
    }
  }
}
