package ai.coditect.licensing.stores.ledger;

/**
 * A caller's name for one request, which it may have to send again.
 *
 * @param keySha256Hex lower-case hex SHA-256 of what the caller sent
 * @param requestSha256Hex lower-case hex SHA-256 of all that makes the request this one: the same
 *     key with another request is refused
 */
public record IdempotencyKey(String keySha256Hex, String requestSha256Hex) {}
