package ai.coditect.licensing.api.seats;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.Optional;

/**
 * Remembers for a moment that the ledger found a pool full, so that a storm of applicants does not
 * become a storm on Postgres. Asked only where the index, too, says full: a limit that was raised
 * or a seat that was given back shows there at once.
 *
 * <p>A holder is answered from memory only once the ledger has told it itself, some time ago at
 * most, that it holds no seat: the index may have lost a holder's own slot.
 */
public final class FullPools {

  private static final Duration POOL_MEMORY = Duration.ofMillis(500);
  private static final Duration HOLDER_MEMORY = Duration.ofSeconds(30);
  private static final int MAX_POOLS = 10_000;
  private static final int MAX_HOLDERS = 50_000;

  private final Ticker ticker;
  private final Cache<String, Full> pools;
  private final Cache<Holder, Boolean> holdersWithoutSeat;

  public FullPools(Ticker ticker) {
    this.ticker = ticker;
    this.pools =
        Caffeine.newBuilder()
            .ticker(ticker)
            .maximumSize(MAX_POOLS)
            .expireAfterWrite(POOL_MEMORY)
            .build();
    this.holdersWithoutSeat =
        Caffeine.newBuilder()
            .ticker(ticker)
            .maximumSize(MAX_HOLDERS)
            .expireAfterWrite(HOLDER_MEMORY)
            .build();
  }

  /** What remains until the pool's first lease ends, if the pool is known to be full now. */
  Optional<Duration> recall(String poolId, String holder) {
    if (holdersWithoutSeat.getIfPresent(new Holder(poolId, holder)) == null) {
      return Optional.empty();
    }
    return Optional.ofNullable(pools.getIfPresent(poolId)).flatMap(full -> full.at(ticker.read()));
  }

  /**
   * Keeps what the ledger said.
   *
   * @param untilFirstLeaseEnds zero where the pool has no seats
   */
  void remember(String poolId, String holder, Duration untilFirstLeaseEnds) {
    holdersWithoutSeat.put(new Holder(poolId, holder), true);
    pools.put(poolId, new Full(ticker.read(), untilFirstLeaseEnds));
  }

  /** A seat came free, or was found. */
  void forget(String poolId) {
    pools.invalidate(poolId);
  }

  private record Holder(String poolId, String holder) {}

  private record Full(long sinceNanos, Duration untilFirstLeaseEnds) {

    Optional<Duration> at(long nowNanos) {
      if (untilFirstLeaseEnds.isZero()) {
        return Optional.of(Duration.ZERO);
      }
      Duration remaining = untilFirstLeaseEnds.minusNanos(nowNanos - sinceNanos);
      return remaining.isPositive() ? Optional.of(remaining) : Optional.empty();
    }
  }
}
