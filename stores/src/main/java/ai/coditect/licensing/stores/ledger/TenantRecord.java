package ai.coditect.licensing.stores.ledger;

import java.util.Optional;

/**
 * A tenant as the operator writes it.
 *
 * @param tenantId names every row of the tenant; {@code [a-z0-9]([-a-z0-9]*[a-z0-9])?}, at most 48
 *     characters
 * @param ownerUid uid of the custom resource
 * @param generation metadata.generation of the custom resource
 * @param displayName for people; may be empty
 * @param suspended whether acquires and heartbeats are refused
 * @param callers who may call the tenant's API, as the JSON that the API reads; empty where nobody
 *     has said so yet
 * @param rootVersions of the tenant's root key; empty where they are not known (KMS still makes the
 *     first, or is away): the ledger then keeps those it has
 * @param adoption what of another resource may be taken over
 */
public record TenantRecord(
    String tenantId,
    String ownerUid,
    long generation,
    String displayName,
    boolean suspended,
    String callers,
    Optional<RootVersions> rootVersions,
    Adoption adoption) {}
