package ai.coditect.licensing.stores.ledger;

/**
 * A tenant as the operator writes it.
 *
 * @param tenantId names every row of the tenant; {@code [a-z0-9]([-a-z0-9]*[a-z0-9])?}, at most 48
 *     characters
 * @param ownerUid uid of the custom resource
 * @param generation metadata.generation of the custom resource
 * @param displayName for people; may be empty
 * @param suspended whether acquires and heartbeats are refused
 * @param rootKeyVersion full resource name of the KMS key version that signs the tenant's
 *     statements; empty where it is not known (KMS still makes it, or is away): the ledger then
 *     keeps the one it has
 * @param adoption what of another resource may be taken over
 */
public record TenantRecord(
    String tenantId,
    String ownerUid,
    long generation,
    String displayName,
    boolean suspended,
    String rootKeyVersion,
    Adoption adoption) {}
