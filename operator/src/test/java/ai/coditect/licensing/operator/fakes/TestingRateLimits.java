package ai.coditect.licensing.operator.fakes;

import ai.coditect.licensing.stores.seats.Admission;
import ai.coditect.licensing.stores.seats.RateLimits;
import ai.coditect.licensing.stores.seats.SeatIndexUnavailableException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Rate limits in memory. */
public final class TestingRateLimits implements RateLimits {

  public final Outage outage =
      new Outage(() -> new SeatIndexUnavailableException("Connection refused", null));

  private final Map<String, Limits> limits = new ConcurrentHashMap<>();

  public Optional<Limits> limits(String tenantId) {
    return Optional.ofNullable(limits.get(tenantId));
  }

  /** Redis was restarted without its data. */
  public void lose() {
    limits.clear();
  }

  @Override
  public boolean setLimits(String tenantId, Limits wished) {
    outage.pass();
    return !wished.equals(limits.put(tenantId, wished));
  }

  @Override
  public void forget(String tenantId) {
    outage.pass();
    limits.remove(tenantId);
  }

  @Override
  public Admission acquire(String tenantId, String principal) {
    throw new UnsupportedOperationException("Not the operator's");
  }

  @Override
  public Admission heartbeats(String tenantId, String principal, int howMany) {
    throw new UnsupportedOperationException("Not the operator's");
  }

  @Override
  public void close() {}
}
