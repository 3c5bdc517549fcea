package ai.coditect.licensing.stores.seats;

import java.time.Duration;

/** Redis: how many acquires per second a tenant may ask for, all its pods together. */
public interface RateLimits extends AutoCloseable {

  /**
   * Sets the tenant's limit. Whose the tenant is, and which wish is the latest, the ledger knows:
   * it is asked first.
   *
   * @return whether Redis held another one, or none
   * @throws SeatIndexUnavailableException where Redis is away
   */
  boolean setLimit(String tenantId, int acquiresPerSecond);

  /**
   * Removes what Redis holds of the tenant's limit.
   *
   * @throws SeatIndexUnavailableException where Redis is away
   */
  void forget(String tenantId);

  /**
   * Counts one acquire and answers how long the caller must wait: zero where it is admitted, where
   * no limit is set, and where Redis is away, since a limiter must not turn anybody out by failing.
   */
  Duration admit(String tenantId);

  @Override
  void close();
}
