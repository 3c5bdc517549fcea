package ai.coditect.licensing.stores.seats;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Counts what a tenant's programs ask for, second by second, in the hashes {@code
 * rates:{tenant}:…}.
 */
public final class RedisRateLimits implements RateLimits {

  private final Scripts redis;
  private final ConcurrentMap<String, Acquires> acquires = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, Heartbeats> heartbeats = new ConcurrentHashMap<>();

  private RedisRateLimits(Scripts redis) {
    this.redis = redis;
  }

  /**
   * Speaks to Redis from the first call on; it may be away until then.
   *
   * @param redisUrl as of {@link RedisSeatIndex#connect(String)}
   */
  public static RedisRateLimits connect(String redisUrl) {
    return connect(redisUrl, RedisScripts.PATIENCE);
  }

  /** Speaks to Redis on the index's connection, which closes with either. */
  public static RedisRateLimits beside(RedisSeatIndex index) {
    return new RedisRateLimits(index.redis());
  }

  static RedisRateLimits connect(String redisUrl, Duration patience) {
    return new RedisRateLimits(RedisScripts.at(new RedisSettings(redisUrl), patience));
  }

  @Override
  public boolean setLimits(String tenantId, Limits limits) {
    var changed =
        redis.number(
            Script.RATE,
            new String[] {TenantKeys.ofAcquires(tenantId), TenantKeys.ofHeartbeats(tenantId)},
            Integer.toString(limits.acquires().perTenant()),
            Integer.toString(limits.acquires().perPrincipal()),
            Integer.toString(limits.heartbeats().perTenant()),
            Integer.toString(limits.heartbeats().perPrincipal()));
    return changed == 1;
  }

  @Override
  public void forget(String tenantId) {
    var ofAcquires = TenantKeys.ofAcquires(tenantId);
    var ofHeartbeats = TenantKeys.ofHeartbeats(tenantId);
    redis.remove(
        ofAcquires,
        TenantKeys.byPrincipal(ofAcquires),
        ofHeartbeats,
        TenantKeys.byPrincipal(ofHeartbeats));
  }

  @Override
  public Admission acquire(String tenantId, String principal) {
    return acquires
        .computeIfAbsent(
            tenantId,
            absent -> new Acquires(budget(TenantKeys.ofAcquires(absent)), redis.patience()))
        .admit(principal);
  }

  @Override
  public Admission heartbeats(String tenantId, String principal, int howMany) {
    return heartbeats
        .computeIfAbsent(
            tenantId, absent -> new Heartbeats(budget(TenantKeys.ofHeartbeats(absent))))
        .admit(principal, howMany);
  }

  private TenantBudget budget(String key) {
    return new TenantBudget(redis, key, TenantKeys.byPrincipal(key));
  }

  @Override
  public void close() {
    redis.close();
  }
}
