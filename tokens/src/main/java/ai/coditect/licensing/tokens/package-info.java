/**
 * What a held seat looks like outside, and how anybody proves it without a network.
 *
 * <p>A tenant's root key (RSA-4096, kept in a KMS) signs a short-lived {@linkplain KeyStatement
 * statement} that certifies a {@linkplain LeafKey leaf key}; the leaf signs {@linkplain SeatToken
 * seat tokens}. A {@link SeatVerifier} pins the root and needs the token and its statement, nothing
 * else.
 *
 * <p>A seat that is {@linkplain BorrowedSeat borrowed} for days has a token that outlives every
 * statement: the root signs it itself.
 *
 * <p>A token verifies until it ends, also where its seat was given back before. A verifier that can
 * fetch something now and then closes that gap with a {@linkplain RevocationList revocation list},
 * signed by a leaf as the tokens are.
 *
 * <p>{@code clients/vectors} holds this package, and verifiers in other languages, to one and the
 * same verdict of hostile and valid tokens, statements and lists.
 */
package ai.coditect.licensing.tokens;
