package ai.coditect.licensing.stores.seats;

import ai.coditect.licensing.stores.seats.SeatIndex.PoolRef;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Which keys of Redis are a tenant's. Both what Redis lets the tenant's pods reach ({@link
 * RedisSeatLogins}) and what they ask for at all ({@link TenantGuard}) is made of it.
 */
record TenantKeys(String tenantId) {

  /** Nothing that a pattern of Redis, or a hash tag, would take for more than itself. */
  private static final Pattern TENANT_ID = Pattern.compile("[a-z0-9]([-a-z0-9]{0,46}[a-z0-9])?");

  TenantKeys {
    if (!TENANT_ID.matcher(tenantId).matches()) {
      throw new IllegalArgumentException("Not a tenant id: " + tenantId);
    }
  }

  /** What the keys of a pool begin with; they share one hash tag. */
  static String ofPool(PoolRef pool) {
    return "seats:{" + pool.tenantId() + "/" + pool.poolId() + "}:";
  }

  /** The key under which a tenant's acquires are limited. */
  static String ofAcquires(String tenantId) {
    return rates(tenantId) + "acquires";
  }

  /** The key under which a tenant's heartbeats are limited. */
  static String ofHeartbeats(String tenantId) {
    return rates(tenantId) + "heartbeats";
  }

  /** The key under which is counted what each principal has of it. */
  static String byPrincipal(String limitsKey) {
    return limitsKey + ":principals";
  }

  boolean contain(String key) {
    return key.startsWith(seats()) || key.startsWith(rates(tenantId));
  }

  /** The same as patterns of Redis. */
  List<String> patterns() {
    return List.of(seats() + "*", rates(tenantId) + "*");
  }

  private static String rates(String tenantId) {
    return "rates:{" + tenantId + "}:";
  }

  private String seats() {
    return "seats:{" + tenantId + "/";
  }
}
