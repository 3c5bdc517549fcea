package ai.coditect.licensing.stores.ledger;

import java.time.Duration;
import java.util.List;

/**
 * A pool as the API serves it.
 *
 * @param revision rises with every change of the pool's record
 * @param tenantSuspended whether acquires and heartbeats are refused now
 */
public record LicensedPool(
    String poolId,
    String product,
    int seats,
    Duration lease,
    List<String> entitlements,
    long revision,
    boolean tenantSuspended) {}
