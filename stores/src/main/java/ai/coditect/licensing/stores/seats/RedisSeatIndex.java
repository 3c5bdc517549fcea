package ai.coditect.licensing.stores.seats;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The seat index in Redis: one script for each operation, on Redis' own clock. A pool's keys share
 * one hash tag, so that they lie in one slot of a Redis Cluster:
 *
 * <pre>
 * seats:{tenant/pool}:pool     hash  limit and the ledger's revision of it; state (loading, loaded); next: slots offered so far
 * seats:{tenant/pool}:ends     zset  slot -> when its lease, or its being set aside, ends (ms of Redis' clock)
 * seats:{tenant/pool}:free     zset  slot -> slot: those that somebody held and nobody holds now
 * seats:{tenant/pool}:slots    hash  slot -> "generation holder"; without holder where it was freed at that generation
 * seats:{tenant/pool}:holders  hash  holder -> slot
 * </pre>
 *
 * <p>Choosing costs O(log n) in a pool of n seats.
 */
public final class RedisSeatIndex implements SeatIndex {

  /**
   * Longer than a grant takes, short enough that a caller who died costs nobody a seat for long.
   */
  private static final Duration SET_ASIDE = Duration.ofSeconds(2);

  /** A loader that has not ended by then is taken for dead. */
  private static final Duration LOADING = Duration.ofSeconds(30);

  /**
   * Held slots a script steps over before it leaves the choice to the ledger: some milliseconds.
   */
  private static final int STEPS = 10_000;

  /** Slots in one call of a load: a script must not keep other callers waiting. */
  private static final int CHUNK = 500;

  private static final Script CHOOSE = Script.named("choose");
  private static final Script HELD = Script.named("held");
  private static final Script FREED = Script.named("freed");
  private static final Script LOAD_BEGIN = Script.named("load-begin");
  private static final Script LOAD_END = Script.named("load-end");
  private static final Script LIMIT = Script.named("limit");

  private static final String NO_LOADER = "";

  private final Scripts redis;

  RedisSeatIndex(Scripts redis) {
    this.redis = redis;
  }

  /**
   * Speaks to Redis from the first call on; it may be away until then.
   *
   * @param redisUri {@code redis://:password@host:port}, or {@code rediss://} for TLS
   */
  public static RedisSeatIndex connect(String redisUri) {
    return connect(redisUri, RedisScripts.PATIENCE);
  }

  static RedisSeatIndex connect(String redisUri, Duration patience) {
    return new RedisSeatIndex(RedisScripts.at(redisUri, patience));
  }

  @Override
  public Choice choose(PoolRef pool, String holder) {
    try {
      var answer =
          redis.list(
              CHOOSE,
              keys(pool),
              holder,
              Long.toString(SET_ASIDE.toMillis()),
              Integer.toString(STEPS));
      return choice((String) answer.getFirst(), (Long) answer.getLast());
    } catch (SeatIndexUnavailableException e) {
      return new Choice.Away();
    }
  }

  private static Choice choice(String what, long number) {
    return switch (what) {
      case "own" -> new Choice.Own((int) number);
      case "free" -> new Choice.Free((int) number);
      case "full" -> new Choice.Full(Duration.ofMillis(number));
      case "load" -> new Choice.NotLoaded();
      default -> new Choice.Away();
    };
  }

  @Override
  public void held(PoolRef pool, HeldSlot slot) {
    redis.tell(HELD, keys(pool), values(NO_LOADER, List.of(slot)));
  }

  @Override
  public void freed(PoolRef pool, int slot, long slotGeneration) {
    redis.tell(FREED, keys(pool), Integer.toString(slot), Long.toString(slotGeneration));
  }

  @Override
  public void load(PoolRef pool, int seats, long revision, Stream<HeldSlot> held) {
    try {
      var loader = UUID.randomUUID().toString();
      if (begins(pool, loader, seats, revision)) {
        fill(pool, loader, held.iterator());
      }
    } catch (SeatIndexUnavailableException e) {
      // Away: the ledger chooses, and the next caller who finds the pool not loaded loads it.
      return;
    }
  }

  private boolean begins(PoolRef pool, String loader, int seats, long revision) {
    long began =
        redis.number(
            LOAD_BEGIN,
            keys(pool),
            loader,
            Integer.toString(seats),
            Long.toString(revision),
            Long.toString(LOADING.toMillis()));
    return began == 1;
  }

  private void fill(PoolRef pool, String loader, Iterator<HeldSlot> held) {
    int withoutGap = 0;
    while (held.hasNext()) {
      var chunk = chunk(held);
      for (var slot : chunk) {
        withoutGap = slot.slot() == withoutGap + 1 ? slot.slot() : withoutGap;
      }
      redis.number(HELD, keys(pool), values(loader, chunk));
    }
    redis.number(LOAD_END, new String[] {keys(pool)[0]}, loader, Integer.toString(withoutGap));
  }

  private static List<HeldSlot> chunk(Iterator<HeldSlot> held) {
    var chunk = new ArrayList<HeldSlot>(CHUNK);
    while (chunk.size() < CHUNK && held.hasNext()) {
      chunk.add(held.next());
    }
    return chunk;
  }

  private static String[] values(String loader, List<HeldSlot> slots) {
    var values = new ArrayList<String>(1 + 4 * slots.size());
    values.add(loader);
    for (var slot : slots) {
      values.add(Integer.toString(slot.slot()));
      values.add(Long.toString(slot.slotGeneration()));
      values.add(slot.holder());
      values.add(Long.toString(slot.remaining().toMillis()));
    }
    return values.toArray(String[]::new);
  }

  @Override
  public void setLimit(PoolRef pool, int seats, long revision) {
    redis.number(
        LIMIT, new String[] {keys(pool)[0]}, Integer.toString(seats), Long.toString(revision));
  }

  @Override
  public void forget(PoolRef pool) {
    redis.remove(keys(pool));
  }

  private static String[] keys(PoolRef pool) {
    var prefix = "seats:{" + pool.tenantId() + "/" + pool.poolId() + "}:";
    return new String[] {
      prefix + "pool", prefix + "ends", prefix + "free", prefix + "slots", prefix + "holders"
    };
  }

  @Override
  public void close() {
    redis.close();
  }
}
