package ai.coditect.licensing.stores.seats;

/**
 * Redis: how much of the licence API a tenant's programs may use in a second, all its pods
 * together. Acquires have one budget; heartbeats and releases, which keep and end what was granted,
 * have another.
 */
public interface RateLimits extends AutoCloseable {

  /**
   * Sets the tenant's limits. Whose the tenant is, and which wish is the latest, the ledger knows:
   * it is asked first.
   *
   * @return whether Redis held others, or none
   * @throws SeatIndexUnavailableException where Redis is away
   */
  boolean setLimits(String tenantId, Limits limits);

  /**
   * Removes what Redis holds of the tenant's limits.
   *
   * @throws SeatIndexUnavailableException where Redis is away
   */
  void forget(String tenantId);

  /**
   * Counts one acquire, and waits for the count. It is admitted where no limits are set, and where
   * Redis is away: a limiter must not turn anybody out by failing.
   *
   * @param principal who asks; empty where nobody says
   */
  Admission acquire(String tenantId, String principal);

  /**
   * Counts heartbeats and releases without waiting for Redis: they are refused by what it said some
   * milliseconds ago, so a few more than the limit get in, and none waits or fails because Redis is
   * slow or away.
   *
   * @param principal as of {@link #acquire}
   */
  Admission heartbeats(String tenantId, String principal, int howMany);

  @Override
  void close();

  /** What a second admits. */
  record Limits(Rate acquires, Rate heartbeats) {}

  /**
   * What a second admits of one budget.
   *
   * @param perPrincipal of a single caller, so that it leaves something to the tenant's others
   */
  record Rate(int perTenant, int perPrincipal) {}
}
