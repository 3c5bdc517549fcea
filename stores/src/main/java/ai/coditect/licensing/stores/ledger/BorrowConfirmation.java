package ai.coditect.licensing.stores.ledger;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * Says that a borrowed seat's token is signed.
 *
 * @param until {@link Seat#borrowedUntil} of the grant
 * @param idempotencyKey as of the grant, which only now is remembered: what was not signed may be
 *     asked for again
 * @param principal as of the grant
 */
public record BorrowConfirmation(
    UUID sessionId, Instant until, Optional<IdempotencyKey> idempotencyKey, String principal) {}
