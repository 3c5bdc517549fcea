package ai.coditect.licensing.stores.seats;

import java.time.Duration;

/** Counts a tenant's acquires second by second, in the hash {@code acquires:{tenant}}. */
public final class RedisRateLimits implements RateLimits {

  private static final Script LIMIT = Script.named("limit");
  private static final Script ADMIT = Script.named("admit");

  private final RedisScripts redis;

  private RedisRateLimits(RedisScripts redis) {
    this.redis = redis;
  }

  /**
   * Speaks to Redis from the first call on; it may be away until then.
   *
   * @param redisUri {@code redis://:password@host:port}, or {@code rediss://} for TLS
   */
  public static RedisRateLimits connect(String redisUri) {
    return connect(redisUri, RedisScripts.PATIENCE);
  }

  static RedisRateLimits connect(String redisUri, Duration patience) {
    return new RedisRateLimits(RedisScripts.at(redisUri, patience));
  }

  @Override
  public void setLimit(String tenantId, int acquiresPerSecond, long tenantGeneration) {
    redis.number(
        LIMIT,
        new String[] {key(tenantId)},
        Integer.toString(acquiresPerSecond),
        Long.toString(tenantGeneration));
  }

  @Override
  public void forget(String tenantId) {
    redis.remove(key(tenantId));
  }

  @Override
  public Duration admit(String tenantId) {
    try {
      return Duration.ofMillis(redis.number(ADMIT, new String[] {key(tenantId)}));
    } catch (SeatIndexUnavailableException e) {
      return Duration.ZERO;
    }
  }

  private static String key(String tenantId) {
    return "acquires:{" + tenantId + "}";
  }

  @Override
  public void close() {
    redis.close();
  }
}
