package ai.coditect.licensing.stores.seats;

import ai.coditect.licensing.stores.waits.Timeouts;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** Counts a tenant's acquires second by second, in the hash {@code acquires:{tenant}}. */
public final class RedisRateLimits implements RateLimits {

  private static final int SEATS_OF_FLIGHT = 1_000;

  /** Whoever comes when so many wait is let in: a limiter must not become the jam. */
  private static final int ROOM = 10_000;

  /** A limit that is set where there was none acts after this. */
  private static final Duration WITHOUT_LIMIT = Duration.ofSeconds(1);

  private final Scripts redis;

  /** Until when, by {@link System#nanoTime}, a tenant without a limit is not asked about again. */
  private final ConcurrentMap<String, Long> unlimitedUntil = new ConcurrentHashMap<>();

  private final ConcurrentMap<String, Line<CompletableFuture<Duration>>> lines =
      new ConcurrentHashMap<>();

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
    return new RedisRateLimits(RedisScripts.at(redisUrl, patience));
  }

  @Override
  public boolean setLimit(String tenantId, int acquiresPerSecond) {
    return redis.number(Script.RATE, keys(tenantId), Integer.toString(acquiresPerSecond)) == 1;
  }

  @Override
  public void forget(String tenantId) {
    redis.remove(keys(tenantId));
  }

  @Override
  public Duration admit(String tenantId) {
    if (isUnlimited(tenantId)) {
      return Duration.ZERO;
    }
    var wait = new CompletableFuture<Duration>();
    if (!line(tenantId).join(wait)) {
      return Duration.ZERO;
    }
    try {
      return Timeouts.get(wait, redis.patience());
    } catch (TimeoutException _) {
      return Duration.ZERO;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return Duration.ZERO;
    } catch (ExecutionException e) {
      throw new IllegalStateException("An admission never ends by an exception", e);
    }
  }

  private boolean isUnlimited(String tenantId) {
    var until = unlimitedUntil.get(tenantId);
    return until != null && until - System.nanoTime() > 0;
  }

  private Line<CompletableFuture<Duration>> line(String tenantId) {
    var line = lines.get(tenantId);
    return line != null
        ? line
        : lines.computeIfAbsent(
            tenantId,
            absent -> new Line<>(SEATS_OF_FLIGHT, ROOM, waiting -> admit(absent, waiting)));
  }

  private CompletableFuture<?> admit(String tenantId, List<CompletableFuture<Duration>> waiting) {
    return redis
        .ask(Script.ADMIT, keys(tenantId), Integer.toString(waiting.size()))
        .thenApply(answer -> remembered(tenantId, answer))
        .exceptionally(_ -> List.of((Object) (long) waiting.size(), 0L))
        .thenAccept(answer -> admit(waiting, (Long) answer.getFirst(), (Long) answer.getLast()));
  }

  /** Without a limit the script has nobody wait. */
  private List<Object> remembered(String tenantId, List<Object> answer) {
    if ((Long) answer.getLast() == 0) {
      unlimitedUntil.put(tenantId, System.nanoTime() + WITHOUT_LIMIT.toNanos());
    }
    return answer;
  }

  /** The first ones came first. */
  private static void admit(
      List<CompletableFuture<Duration>> waiting, long admitted, long millisToWait) {
    for (var i = 0; i < waiting.size(); i++) {
      waiting.get(i).complete(i < admitted ? Duration.ZERO : Duration.ofMillis(millisToWait));
    }
  }

  private static String[] keys(String tenantId) {
    return new String[] {TenantKeys.ofAcquires(tenantId)};
  }

  @Override
  public void close() {
    redis.close();
  }
}
