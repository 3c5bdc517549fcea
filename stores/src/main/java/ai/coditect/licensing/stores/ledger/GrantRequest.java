package ai.coditect.licensing.stores.ledger;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * Asks for a seat.
 *
 * @param poolId the pool
 * @param licenseKeySha256Hex the key that was shown; checked again in the grant's own transaction
 * @param holder lower-case hex SHA-256 that identifies the holder in its pool
 * @param hardwareHash lower-case hex SHA-256 of the hardware id
 * @param slot the slot the index chose, or empty where the ledger shall choose
 * @param idempotencyKey under which the grant is remembered, so that a retry of the request gets
 *     the same session
 * @param borrow empty where the seat is held by heartbeats
 * @param principal issuer and subject of the caller's bearer token; empty where it showed none
 */
public record GrantRequest(
    String poolId,
    String licenseKeySha256Hex,
    String holder,
    String hardwareHash,
    OptionalInt slot,
    Optional<IdempotencyKey> idempotencyKey,
    Optional<BorrowWish> borrow,
    String principal) {

  public GrantRequest {
    requireNonNull(poolId, "poolId");
    requireNonNull(slot, "slot");
    requireNonNull(idempotencyKey, "idempotencyKey");
    requireNonNull(borrow, "borrow");
    requireNonNull(principal, "principal");
  }
}
