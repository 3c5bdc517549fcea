package ai.coditect.licensing.stores.ledger;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A pool as the operator writes it.
 *
 * @param tenantId the tenant it belongs to
 * @param poolId unique in the tenant: the custom resource's name
 * @param ownerUid uid of the custom resource
 * @param generation metadata.generation of the custom resource
 * @param product what is licensed
 * @param seats how many sessions may hold a seat at once; 0 to 1,000,000
 * @param lease how long a seat is held without a heartbeat; whole seconds
 * @param validity when seats may be granted and renewed
 * @param borrowing on what terms seats are lent for days; empty where they are not
 * @param entitlements feature names that go into each token
 * @param adoption what of another resource may be taken over
 */
public record PoolRecord(
    String tenantId,
    String poolId,
    String ownerUid,
    long generation,
    String product,
    int seats,
    Duration lease,
    Validity validity,
    Optional<BorrowTerms> borrowing,
    List<String> entitlements,
    Adoption adoption) {}
