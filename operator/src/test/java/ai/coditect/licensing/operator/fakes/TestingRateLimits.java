package ai.coditect.licensing.operator.fakes;

import ai.coditect.licensing.stores.seats.RateLimits;
import ai.coditect.licensing.stores.seats.SeatIndexUnavailableException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Rate limits in memory. */
public final class TestingRateLimits implements RateLimits {

  public final Outage outage =
      new Outage(() -> new SeatIndexUnavailableException("Connection refused", null));

  private final Map<String, Integer> limits = new ConcurrentHashMap<>();

  public Optional<Integer> limit(String tenantId) {
    return Optional.ofNullable(limits.get(tenantId));
  }

  /** Redis was restarted without its data. */
  public void lose() {
    limits.clear();
  }

  @Override
  public boolean setLimit(String tenantId, int acquiresPerSecond) {
    outage.pass();
    return !Integer.valueOf(acquiresPerSecond).equals(limits.put(tenantId, acquiresPerSecond));
  }

  @Override
  public void forget(String tenantId) {
    outage.pass();
    limits.remove(tenantId);
  }

  @Override
  public Duration admit(String tenantId) {
    throw new UnsupportedOperationException("Not the operator's");
  }

  @Override
  public void close() {}
}
