/**
 * What a held seat looks like outside, and how anybody proves it without a network.
 *
 * <p>A tenant's root key (RSA-4096, kept in a KMS) signs a short-lived {@linkplain KeyStatement
 * statement} that certifies a {@linkplain LeafKey leaf key}; the leaf signs {@linkplain SeatToken
 * seat tokens}. A {@link SeatVerifier} pins the root and needs the token and its statement, nothing
 * else.
 */
package ai.coditect.licensing.tokens;
