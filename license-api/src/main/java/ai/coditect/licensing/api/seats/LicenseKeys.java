package ai.coditect.licensing.api.seats;

import ai.coditect.licensing.api.bounds.LedgerGate;
import ai.coditect.licensing.stores.ledger.LedgerUnavailableException;
import ai.coditect.licensing.stores.ledger.LicensedPool;
import ai.coditect.licensing.stores.ledger.SeatLedger;
import com.github.benmanes.caffeine.cache.CacheLoader;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.LoadingCache;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * Which pool a licence key opens, remembered for seconds. A grant checks the key again in its own
 * transaction, so a key that was revoked opens nothing even while it is remembered.
 */
public final class LicenseKeys {

  private static final Duration REFRESH_KNOWN = Duration.ofSeconds(2);
  private static final Duration KEEP_KNOWN = Duration.ofSeconds(6);
  private static final Duration KEEP_UNKNOWN = Duration.ofSeconds(1);
  private static final int LOOKUPS_AT_A_TIME = 2;
  private static final int MAX_KEYS = 10_000;

  private final LoadingCache<String, Optional<LicensedPool>> pools;

  /**
   * @param background runs refreshes, so that no request waits for one
   */
  public LicenseKeys(SeatLedger ledger, Executor background, Ticker ticker) {
    this.pools =
        Caffeine.newBuilder()
            .ticker(ticker)
            .executor(background)
            .maximumSize(MAX_KEYS)
            .refreshAfterWrite(REFRESH_KNOWN)
            .expireAfter(Expiry.<String, Optional<LicensedPool>>writing((key, pool) -> keep(pool)))
            .build(new FromLedger(ledger, new LedgerGate(LOOKUPS_AT_A_TIME)));
  }

  /** The pool the key opens, or empty if the key is unknown or revoked. */
  Optional<LicensedPool> poolOf(String licenseKeySha256Hex) {
    return pools.get(licenseKeySha256Hex);
  }

  /** The ledger refused the key: ask it again next time. */
  void forget(String licenseKeySha256Hex) {
    pools.invalidate(licenseKeySha256Hex);
  }

  private static Duration keep(Optional<LicensedPool> pool) {
    return pool.isPresent() ? KEEP_KNOWN : KEEP_UNKNOWN;
  }

  private record FromLedger(SeatLedger ledger, LedgerGate gate)
      implements CacheLoader<String, Optional<LicensedPool>> {

    @Override
    public Optional<LicensedPool> load(String licenseKeySha256Hex) {
      return gate.read(() -> ledger.poolOfKey(licenseKeySha256Hex));
    }

    @Override
    public Optional<LicensedPool> reload(
        String licenseKeySha256Hex, Optional<LicensedPool> remembered) {
      try {
        return load(licenseKeySha256Hex);
      } catch (LedgerUnavailableException e) {
        // The grant that follows meets the same outage and says so.
        return remembered;
      }
    }
  }
}
