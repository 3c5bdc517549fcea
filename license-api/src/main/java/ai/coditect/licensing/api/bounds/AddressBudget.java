package ai.coditect.licensing.api.bounds;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * How many requests each address may send this process in a second. Few addresses are remembered,
 * so that whoever calls from millions fills no memory; the ones that call most are kept.
 */
public final class AddressBudget {

  /** Each takes some 400 bytes. */
  static final int MAX_REMEMBERED = 20_000;

  private final Bandwidth limit;
  private final TimeMeter time;
  private final Cache<Long, Bucket> buckets;

  public AddressBudget(int perSecond, Ticker ticker) {
    this.limit =
        Bandwidth.builder()
            .capacity(perSecond)
            .refillGreedy(perSecond, Duration.ofSeconds(1))
            .build();
    this.time = new TickerTime(ticker);
    // In the caller's own thread: a flood of new addresses must not queue work for others.
    this.buckets =
        Caffeine.newBuilder().executor(Runnable::run).maximumSize(MAX_REMEMBERED).build();
  }

  /** Takes one request of the address; of an IPv6 address, of its network of 64 bits. */
  public Take take(InetAddress address) {
    var probe = bucketOf(address).tryConsumeAndReturnRemaining(1);
    return new Take(
        probe.isConsumed(),
        probe.getRemainingTokens(),
        Duration.ofNanos(probe.getNanosToWaitForRefill()));
  }

  long remembered() {
    return buckets.estimatedSize();
  }

  private Bucket bucketOf(InetAddress address) {
    return buckets.get(
        network(address),
        absent -> Bucket.builder().addLimit(limit).withCustomTimePrecision(time).build());
  }

  /** An IPv4 address as a number, or the upper half of an IPv6 address. */
  private static long network(InetAddress address) {
    ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
    return address instanceof Inet6Address ? bytes.getLong() : bytes.getInt();
  }

  /**
   * What became of a request.
   *
   * @param left how many more may follow at once
   * @param untilNext until one may follow; zero where this one was let in
   */
  public record Take(boolean isAdmitted, long left, Duration untilNext) {}

  private record TickerTime(Ticker ticker) implements TimeMeter {

    @Override
    public long currentTimeNanos() {
      return ticker.read();
    }

    @Override
    public boolean isWallClockBased() {
      return false;
    }
  }
}
