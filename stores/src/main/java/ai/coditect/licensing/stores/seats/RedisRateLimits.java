package ai.coditect.licensing.stores.seats;

import java.time.Duration;

/** Being written. */
public final class RedisRateLimits implements RateLimits {

  private RedisRateLimits() {}

  public static RedisRateLimits connect(String redisUri) {
    return new RedisRateLimits();
  }

  @Override
  public void setLimit(String tenantId, int acquiresPerSecond, long tenantGeneration) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void forget(String tenantId) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Duration admit(String tenantId) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
