package ai.coditect.licensing.stores.seats;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.SequencedMap;
import java.util.concurrent.CompletableFuture;

/** One tenant's budget of one kind, as Redis counts it. */
final class TenantBudget {

  /** A limit that is set where there was none acts after this. */
  private static final Duration WITHOUT_LIMIT = Duration.ofSeconds(1);

  private static final int NAME_BYTES = 12;

  private final Scripts redis;
  private final String[] keys;

  /** By {@link System#nanoTime}: a tenant without limits is not asked about again until then. */
  private volatile long unlimitedUntil = System.nanoTime();

  /**
   * @param keys of the limits and of the principals' counts
   */
  TenantBudget(Scripts redis, String... keys) {
    this.redis = redis;
    this.keys = keys;
  }

  /** Whether there was no limit a moment ago. */
  boolean isUnlimited() {
    return unlimitedUntil - System.nanoTime() > 0;
  }

  /**
   * Counts requests; ends in time, and where Redis is away as if there were no limits.
   *
   * @param requests of each principal, in the order in which they are served
   */
  CompletableFuture<Count> count(SequencedMap<String, Integer> requests) {
    var values = new String[2 * requests.size()];
    var i = 0;
    for (var each : requests.entrySet()) {
      values[i++] = name(each.getKey());
      values[i++] = Integer.toString(each.getValue());
    }
    return redis.ask(Script.ADMIT, keys, values).thenApply(Count::of).thenApply(this::remembered);
  }

  private Count remembered(Count count) {
    if (count.isUnlimited()) {
      unlimitedUntil = System.nanoTime() + WITHOUT_LIMIT.toNanos();
    }
    return count;
  }

  /** Redis needs to know only that it is the same one. */
  private static String name(String principal) {
    if (principal.isEmpty()) {
      return principal;
    }
    try {
      var sha256 = MessageDigest.getInstance("SHA-256");
      var digest = sha256.digest(principal.getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(Arrays.copyOf(digest, NAME_BYTES));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("This Java has no SHA-256", e);
    }
  }
}
