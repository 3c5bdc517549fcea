package ai.coditect.licensing.stores.ledger;

import java.util.UUID;

/**
 * What was granted under an idempotency key before.
 *
 * @param requestSha256Hex of the request that it was granted to
 * @param isOver whether the session is in no slot any more
 */
record EarlierGrant(String requestSha256Hex, UUID session, boolean isOver) {}
