package ai.coditect.licensing.stores.seats;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Stream;

/**
 * The seat index in Redis, or in a Redis Cluster: one script for each operation, on Redis' own
 * clock. A pool's keys share one hash tag, so that they lie in one slot of a cluster:
 *
 * <pre>
 * seats:{tenant/pool}:pool     hash  limit and the ledger's revision of it; state (loading, loaded), since when, by which loader,
 *                                    how many chunks, and for how long it rests; next: slots held or offered so far
 * seats:{tenant/pool}:ends     zset  slot -> when its lease, or its being set aside, ends (ms of Redis' clock)
 * seats:{tenant/pool}:free     zset  slot -> slot: those up to "next" that nobody holds
 * seats:{tenant/pool}:slots    hash  slot -> "generation holder"; without holder where it was freed at that generation
 * seats:{tenant/pool}:holders  hash  holder -> slot
 * </pre>
 *
 * <p>Choosing costs O(log n) in a pool of n seats. Holders are abbreviated, since a pool of a
 * million seats names each of them twice.
 */
public final class RedisSeatIndex implements SeatIndex {

  private static final Duration REST = Duration.ofMillis(500);

  private final Scripts redis;
  private final Duration rest;
  private final Waiting waits;

  /** As many as the tenant has pools. */
  private final ConcurrentMap<PoolRef, PoolLine> lines = new ConcurrentHashMap<>();

  RedisSeatIndex(Scripts redis, Duration rest, Waiting waits) {
    this.redis = redis;
    this.rest = rest;
    this.waits = waits;
  }

  /**
   * As {@link #connect(String)} for a tenant's pod: nothing is sent but what it needs on the
   * tenant's own keys, whatever the login may do.
   */
  public static RedisSeatIndex ofTenant(RedisSettings settings, String tenantId) {
    return ofTenant(settings, tenantId, RedisScripts.PATIENCE);
  }

  static RedisSeatIndex ofTenant(RedisSettings settings, String tenantId, Duration patience) {
    var connector = RedisConnector.guarded(settings, new TenantKeys(tenantId));
    return new RedisSeatIndex(RedisScripts.on(connector, patience), REST, Waiting.REAL);
  }

  /**
   * Speaks to Redis from the first call on; it may be away until then.
   *
   * @param redisUrl as of {@link RedisSettings}
   */
  public static RedisSeatIndex connect(String redisUrl) {
    return connect(redisUrl, RedisScripts.PATIENCE);
  }

  /** As {@link #connect(String)}. */
  public static RedisSeatIndex connect(RedisSettings settings) {
    return new RedisSeatIndex(RedisScripts.at(settings, RedisScripts.PATIENCE), REST, Waiting.REAL);
  }

  static RedisSeatIndex connect(String redisUrl, Duration patience) {
    return connect(redisUrl, patience, REST);
  }

  /**
   * As {@link #connect(String)}.
   *
   * @param rest for how long a pool that was loaded is not loaded again, at least
   */
  static RedisSeatIndex connect(String redisUrl, Duration patience, Duration rest) {
    return new RedisSeatIndex(
        RedisScripts.at(new RedisSettings(redisUrl), patience), rest, Waiting.REAL);
  }

  /** Its connection, for whatever else is kept in the same Redis. */
  Scripts redis() {
    return redis;
  }

  @Override
  public Choice choose(PoolRef pool, String holder) {
    return line(pool).choose(holder);
  }

  @Override
  public void held(PoolRef pool, HeldSlot slot) {
    line(pool).held(slot);
  }

  @Override
  public void freed(PoolRef pool, int slot, long slotGeneration) {
    line(pool).freed(slot, slotGeneration);
  }

  @Override
  public LoadOutcome load(PoolRef pool, int seats, long revision, Stream<HeldSlot> held) {
    try {
      return new PoolLoad(redis, keys(pool), rest).run(seats, revision, held.iterator());
    } catch (SeatIndexUnavailableException _) {
      return LoadOutcome.AWAY;
    }
  }

  @Override
  public boolean setLimit(PoolRef pool, int seats, long revision) {
    return isTrue(Script.LIMIT, pool, seats, revision);
  }

  @Override
  public boolean hasLimit(PoolRef pool, int seats, long revision) {
    return isTrue(Script.HAS_LIMIT, pool, seats, revision);
  }

  private boolean isTrue(Script ofLimit, PoolRef pool, int seats, long revision) {
    var key = new String[] {keys(pool)[0]};
    return redis.number(ofLimit, key, Integer.toString(seats), Long.toString(revision)) == 1;
  }

  @Override
  public void forget(PoolRef pool) {
    redis.remove(keys(pool));
  }

  private PoolLine line(PoolRef pool) {
    var line = lines.get(pool);
    return line != null
        ? line
        : lines.computeIfAbsent(pool, absent -> new PoolLine(redis, waits, keys(absent)));
  }

  private static String[] keys(PoolRef pool) {
    var prefix = TenantKeys.ofPool(pool);
    return new String[] {
      prefix + "pool", prefix + "ends", prefix + "free", prefix + "slots", prefix + "holders"
    };
  }

  @Override
  public void close() {
    redis.close();
  }
}
