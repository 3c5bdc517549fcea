package ai.coditect.licensing.api.seats;

import ai.coditect.licensing.stores.ledger.LedgerUnavailableException;
import ai.coditect.licensing.stores.ledger.LicensedPool;
import ai.coditect.licensing.stores.ledger.LiveSlot;
import ai.coditect.licensing.stores.ledger.SeatLedger;
import ai.coditect.licensing.stores.seats.SeatIndex;
import ai.coditect.licensing.stores.seats.SeatIndex.HeldSlot;
import ai.coditect.licensing.stores.seats.SeatIndex.PoolRef;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fills a pool's index from the ledger. At most one load of a pool runs at a time, in the
 * background; whoever needs one waits for it, but not long: a pool of a million seats takes a
 * while.
 */
public final class IndexLoader {

  private static final Logger LOG = LoggerFactory.getLogger(IndexLoader.class);
  private static final Duration MAX_WAIT = Duration.ofMillis(500);
  private static final Duration BETWEEN_BACKGROUND_LOADS = Duration.ofSeconds(1);
  private static final int MAX_POOLS = 10_000;

  private final SeatLedger ledger;
  private final SeatIndex index;
  private final Executor background;
  private final Duration maxWait;
  private final ConcurrentMap<PoolRef, CompletableFuture<Boolean>> running =
      new ConcurrentHashMap<>();
  private final Cache<PoolRef, Boolean> loadedJustNow;

  public IndexLoader(SeatLedger ledger, SeatIndex index, Executor background, Ticker ticker) {
    this(ledger, index, background, ticker, MAX_WAIT);
  }

  IndexLoader(
      SeatLedger ledger, SeatIndex index, Executor background, Ticker ticker, Duration maxWait) {
    this.ledger = ledger;
    this.index = index;
    this.background = background;
    this.maxWait = maxWait;
    this.loadedJustNow =
        Caffeine.newBuilder()
            .ticker(ticker)
            .maximumSize(MAX_POOLS)
            .expireAfterWrite(BETWEEN_BACKGROUND_LOADS)
            .build();
  }

  /**
   * Loads the pool, or joins the load that runs already.
   *
   * @return whether it was loaded; false where that failed, or takes longer than a caller waits
   */
  boolean load(PoolRef pool) {
    CompletableFuture<Boolean> mine = new CompletableFuture<>();
    CompletableFuture<Boolean> other = running.putIfAbsent(pool, mine);
    if (other != null) {
      return await(other);
    }
    background.execute(() -> run(pool, mine));
    return await(mine);
  }

  /** Has the pool loaded without waiting for it, unless that was asked for a moment ago. */
  void loadSoon(PoolRef pool) {
    if (loadedJustNow.asMap().putIfAbsent(pool, true) != null) {
      return;
    }
    CompletableFuture<Boolean> mine = new CompletableFuture<>();
    if (running.putIfAbsent(pool, mine) == null) {
      background.execute(() -> run(pool, mine));
    }
  }

  private void run(PoolRef pool, CompletableFuture<Boolean> result) {
    boolean loaded = false;
    try {
      fill(pool);
      loaded = true;
    } catch (LedgerUnavailableException e) {
      // Whoever waits goes on to the ledger, meets the same outage, and says so.
      LOG.atDebug().addKeyValue("pool", pool.poolId()).log("Index not loaded: the ledger is away");
    } catch (RuntimeException e) {
      LOG.atWarn().setCause(e).addKeyValue("pool", pool.poolId()).log("Index not loaded");
    } finally {
      running.remove(pool);
      result.complete(loaded);
    }
  }

  private void fill(PoolRef pool) {
    Optional<LicensedPool> record = ledger.pool(pool.poolId());
    if (record.isEmpty()) {
      // Out of service: the grant that follows says so.
      return;
    }
    try (Stream<LiveSlot> live = ledger.liveSlots(pool.poolId())) {
      index.load(
          pool, record.get().seats(), record.get().revision(), live.map(IndexLoader::toHeldSlot));
    }
    LOG.atInfo()
        .addKeyValue("pool", pool.poolId())
        .addKeyValue("seats", record.get().seats())
        .log("Index loaded from the ledger");
  }

  private static HeldSlot toHeldSlot(LiveSlot slot) {
    return new HeldSlot(slot.slot(), slot.slotGeneration(), slot.holder(), slot.remaining());
  }

  private boolean await(CompletableFuture<Boolean> load) {
    try {
      return load.get(maxWait.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException("A load never ends by an exception", e);
    }
  }
}
