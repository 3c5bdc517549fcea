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

  /** The key under which a tenant's acquires are counted. */
  static String ofAcquires(String tenantId) {
    return "acquires:{" + tenantId + "}";
  }

  boolean contain(String key) {
    return key.startsWith(seats()) || key.equals(ofAcquires(tenantId));
  }

  /** The same as patterns of Redis. */
  List<String> patterns() {
    return List.of(seats() + "*", ofAcquires(tenantId));
  }

  private String seats() {
    return "seats:{" + tenantId + "/";
  }
}
