package ai.coditect.licensing.stores.ledger;

/** Names a pool among those of all tenants. */
public record PoolKey(String tenantId, String poolId) {}
