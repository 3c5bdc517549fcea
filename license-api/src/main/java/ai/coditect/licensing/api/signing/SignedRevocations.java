package ai.coditect.licensing.api.signing;

import ai.coditect.licensing.tokens.RevocationList;

/**
 * A revocation list with its proof.
 *
 * @param jws compact, {@code typ: revocations+jwt}
 * @param statement JWS compact, {@code typ: keystmt+jwt}, about the key that signed the list
 */
public record SignedRevocations(RevocationList list, String jws, String statement) {}
