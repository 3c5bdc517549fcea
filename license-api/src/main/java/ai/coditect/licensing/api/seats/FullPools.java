package ai.coditect.licensing.api.seats;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Keeps a storm of applicants for a full pool from becoming a storm on Postgres, which must look at
 * every slot to say that none is free: one caller at a time has it look, and what it found is
 * remembered for a moment. Asked only where the index, too, says full: a limit that was raised or a
 * seat that was given back shows there at once.
 *
 * <p>A holder is answered from memory only once the ledger has told it itself, some time ago at
 * most, that it holds no seat: the index may have lost a holder's own slot.
 */
public final class FullPools {

  private static final Duration POOL_MEMORY = Duration.ofMillis(500);
  private static final Duration HOLDER_MEMORY = Duration.ofSeconds(5);
  private static final Duration SEARCH = Duration.ofMillis(500);
  private static final int MAX_POOLS = 10_000;
  private static final int MAX_HOLDERS = 50_000;

  private final Ticker ticker;
  private final Duration maxWait;
  private final Cache<String, Full> pools;
  private final Cache<Holder, Long> holdersWithoutSeat;
  private final ConcurrentMap<String, CompletableFuture<Void>> searches = new ConcurrentHashMap<>();

  public FullPools(Ticker ticker) {
    this(ticker, SEARCH);
  }

  /**
   * @param maxWait how long somebody else's search is waited for
   */
  FullPools(Ticker ticker, Duration maxWait) {
    this.ticker = ticker;
    this.maxWait = maxWait;
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
  Optional<Duration> recall(String poolId) {
    return Optional.ofNullable(pools.getIfPresent(poolId)).flatMap(full -> full.at(ticker.read()));
  }

  /**
   * Now, as a question to the ledger is sent: its answer is never newer than this, however long the
   * process stood still before it was remembered.
   */
  long now() {
    return ticker.read();
  }

  /**
   * Keeps what the ledger said of the pool.
   *
   * @param untilFirstLeaseEnds zero where the pool has no seats
   * @param askedNanos what {@link #now} was before it was asked
   */
  void remember(String poolId, Duration untilFirstLeaseEnds, long askedNanos) {
    pools.put(poolId, new Full(askedNanos, untilFirstLeaseEnds));
  }

  /** A seat came free, or was found. */
  void forget(String poolId) {
    pools.invalidate(poolId);
  }

  /** Whether the ledger said a moment ago that the holder has no seat of the pool. */
  boolean isWithoutSeat(String poolId, String holder) {
    Long asked = holdersWithoutSeat.getIfPresent(new Holder(poolId, holder));
    return asked != null && ticker.read() - asked < HOLDER_MEMORY.toNanos();
  }

  /** Keeps that the ledger said so, as {@link #remember}. */
  void rememberWithoutSeat(String poolId, String holder, long askedNanos) {
    holdersWithoutSeat.put(new Holder(poolId, holder), askedNanos);
  }

  /**
   * Has the ledger look for a free seat, unless somebody else does at this moment: then waits for
   * that one, not for long.
   *
   * @return empty where somebody else did: what was found may be remembered now
   */
  <T> Optional<T> searchAlone(String poolId, Supplier<T> search) {
    CompletableFuture<Void> mine = new CompletableFuture<>();
    CompletableFuture<Void> other = searches.putIfAbsent(poolId, mine);
    if (other != null) {
      await(other);
      return Optional.empty();
    }
    try {
      return Optional.of(search.get());
    } finally {
      searches.remove(poolId);
      mine.complete(null);
    }
  }

  private void await(CompletableFuture<Void> search) {
    try {
      search.get(maxWait.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      // A slow search: this caller's own one takes its turn.
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException("A search never ends by an exception", e);
    }
  }

  private record Holder(String poolId, String holder) {}

  private record Full(long askedNanos, Duration untilFirstLeaseEnds) {

    Optional<Duration> at(long nowNanos) {
      if (nowNanos - askedNanos >= POOL_MEMORY.toNanos()) {
        return Optional.empty();
      }
      if (untilFirstLeaseEnds.isZero()) {
        return Optional.of(Duration.ZERO);
      }
      Duration remaining = untilFirstLeaseEnds.minusNanos(nowNanos - askedNanos);
      return remaining.isPositive() ? Optional.of(remaining) : Optional.empty();
    }
  }
}
