package ai.coditect.licensing.api.seats;

import ai.coditect.licensing.stores.ledger.LedgerUnavailableException;
import ai.coditect.licensing.stores.ledger.LicensedPool;
import ai.coditect.licensing.stores.ledger.LiveSlot;
import ai.coditect.licensing.stores.ledger.SeatLedger;
import ai.coditect.licensing.stores.seats.SeatIndex;
import ai.coditect.licensing.stores.seats.SeatIndex.HeldSlot;
import ai.coditect.licensing.stores.seats.SeatIndex.LoadOutcome;
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
 * while, and what was read of it is offered meanwhile.
 *
 * <p>After a load, this process begins no other one of the pool for some times of what it took: an
 * index that is lost again and again must not keep the ledger busy.
 */
public final class IndexLoader {

  private static final Logger LOG = LoggerFactory.getLogger(IndexLoader.class);
  private static final Duration MAX_WAIT = Duration.ofMillis(100);
  private static final int REST_TIMES = 5;
  private static final Duration LONGEST_REST = Duration.ofMinutes(1);
  private static final int MAX_POOLS = 10_000;

  private final SeatLedger ledger;
  private final SeatIndex index;
  private final Executor background;
  private final Ticker ticker;
  private final Duration maxWait;
  private final ConcurrentMap<PoolRef, CompletableFuture<Boolean>> running =
      new ConcurrentHashMap<>();

  /** Until when a pool rests. */
  private final Cache<PoolRef, Long> restingUntilNanos;

  public IndexLoader(SeatLedger ledger, SeatIndex index, Executor background, Ticker ticker) {
    this(ledger, index, background, ticker, MAX_WAIT);
  }

  IndexLoader(
      SeatLedger ledger, SeatIndex index, Executor background, Ticker ticker, Duration maxWait) {
    this.ledger = ledger;
    this.index = index;
    this.background = background;
    this.ticker = ticker;
    this.maxWait = maxWait;
    this.restingUntilNanos =
        Caffeine.newBuilder()
            .ticker(ticker)
            .maximumSize(MAX_POOLS)
            .expireAfterWrite(LONGEST_REST)
            .build();
  }

  /**
   * Loads the pool, or joins the load that runs already.
   *
   * @return whether the index may know more than before; false where the load failed, or was not
   *     begun because the last one is not long ago
   */
  boolean load(PoolRef pool) {
    return begin(pool).map(this::await).orElse(false);
  }

  /** Has the pool loaded without waiting for it. */
  void loadSoon(PoolRef pool) {
    begin(pool);
  }

  /** The load that runs, perhaps since now; empty where the pool rests. */
  private Optional<CompletableFuture<Boolean>> begin(PoolRef pool) {
    CompletableFuture<Boolean> other = running.get(pool);
    if (other != null) {
      return Optional.of(other);
    }
    if (rests(pool)) {
      return Optional.empty();
    }
    CompletableFuture<Boolean> mine = new CompletableFuture<>();
    CompletableFuture<Boolean> first = running.putIfAbsent(pool, mine);
    if (first == null) {
      background.execute(() -> run(pool, mine));
    }
    return Optional.of(first == null ? mine : first);
  }

  private boolean rests(PoolRef pool) {
    Long until = restingUntilNanos.getIfPresent(pool);
    return until != null && ticker.read() - until < 0;
  }

  private void run(PoolRef pool, CompletableFuture<Boolean> result) {
    boolean isWorthAsking = false;
    long began = ticker.read();
    try {
      isWorthAsking = fill(pool);
    } catch (LedgerUnavailableException e) {
      // Whoever waits goes on to the ledger, meets the same outage, and says so.
      LOG.atDebug().addKeyValue("pool", pool.poolId()).log("Index not loaded: the ledger is away");
    } catch (RuntimeException e) {
      LOG.atWarn().setCause(e).addKeyValue("pool", pool.poolId()).log("Index not loaded");
    } finally {
      long ended = ticker.read();
      restingUntilNanos.put(
          pool, ended + Math.min(REST_TIMES * (ended - began), LONGEST_REST.toNanos()));
      running.remove(pool);
      result.complete(isWorthAsking);
    }
  }

  private boolean fill(PoolRef pool) {
    Optional<LicensedPool> record = ledger.pool(pool.poolId());
    if (record.isEmpty()) {
      // Out of service: the grant that follows says so.
      return false;
    }
    long began = ticker.read();
    LoadOutcome outcome;
    try (Stream<LiveSlot> live = ledger.liveSlots(pool.poolId())) {
      outcome =
          index.load(
              pool,
              record.get().seats(),
              record.get().revision(),
              live.map(IndexLoader::toHeldSlot));
    }
    return switch (outcome) {
      case LOADED -> {
        LOG.atInfo()
            .addKeyValue("pool", pool.poolId())
            .addKeyValue("seats", record.get().seats())
            .addKeyValue("millis", Duration.ofNanos(ticker.read() - began).toMillis())
            .log("Index loaded from the ledger");
        yield true;
      }
      case LOADED_BY_ANOTHER -> true;
      case LOADED_JUST_NOW, INTERRUPTED, AWAY -> false;
    };
  }

  private static HeldSlot toHeldSlot(LiveSlot slot) {
    return new HeldSlot(slot.slot(), slot.slotGeneration(), slot.holder(), slot.remaining());
  }

  /** Where it takes longer than a caller waits, a part is there already. */
  private boolean await(CompletableFuture<Boolean> load) {
    try {
      return load.get(maxWait.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException("A load never ends by an exception", e);
    }
  }
}
