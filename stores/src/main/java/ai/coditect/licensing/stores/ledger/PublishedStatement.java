package ai.coditect.licensing.stores.ledger;

import java.time.Instant;

/**
 * A statement of the tenant's root about one leaf key.
 *
 * @param leafKeyId {@code kid} of the leaf: its RFC 7638 thumbprint
 * @param statement JWS compact, {@code typ: keystmt+jwt}
 * @param notAfter when it ends
 */
public record PublishedStatement(String leafKeyId, String statement, Instant notAfter) {}
