package ai.coditect.licensing.tokens.vectors;

import static ai.coditect.licensing.tokens.vectors.Draft.vector;
import static ai.coditect.licensing.tokens.vectors.Forge.statement;
import static ai.coditect.licensing.tokens.vectors.Forge.statementClaims;
import static ai.coditect.licensing.tokens.vectors.Forge.statementHeader;
import static ai.coditect.licensing.tokens.vectors.TestKeys.encode;

import ai.coditect.licensing.tokens.Reason;
import ai.coditect.licensing.tokens.vectors.Draft.Named;
import ai.coditect.licensing.tokens.vectors.TestKeys.Leaf;
import ai.coditect.licensing.tokens.vectors.TestKeys.Root;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.stream.Stream;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SHA512Digest;

/** Statements that prove nothing, under tokens that would be genuine. */
final class StatementVectors {

  private static final String TEXT = encode(statementHeader()) + "." + encode(statementClaims());

  private StatementVectors() {}

  static Stream<Named> all() {
    return Stream.of(headers(), keys(), signatures(), forms(), claims(), leaves(), times())
        .flatMap(s -> s);
  }

  private static Stream<Named> headers() {
    return Stream.of(
        refused(
            "alg-none",
            "alg none and no signature.",
            Reason.ALGORITHM_NOT_ALLOWED,
            encode(header("PS512", "none")) + "." + encode(statementClaims()) + "."),
        refused(
            "alg-hs256",
            "HS256 with the root's PEM as the secret.",
            Reason.ALGORITHM_NOT_ALLOWED,
            TokenVectors.hmac(header("PS512", "HS256"), statementClaims(), Root.ACME.pem())),
        refused(
            "alg-rs512",
            "RSA with the old padding, by the root itself.",
            Reason.ALGORITHM_NOT_ALLOWED,
            pkcs1("RS512")),
        refused(
            "alg-ps256",
            "PS256 by the root itself.",
            Reason.ALGORITHM_NOT_ALLOWED,
            statement(Root.ACME, header("PS512", "PS256"), statementClaims())),
        refused(
            "alg-es256",
            "Signed by the leaf that it certifies.",
            Reason.ALGORITHM_NOT_ALLOWED,
            Forge.signed(header("PS512", "ES256"), statementClaims())),
        refused(
            "typ-seat",
            "Signed by the root, but told to be a token.",
            Reason.TYPE_NOT_ALLOWED,
            statement(Root.ACME, header("keystmt+jwt", "seat+jwt"), statementClaims())),
        refused(
            "typ-missing",
            "No typ.",
            Reason.TYPE_NOT_ALLOWED,
            statement(Root.ACME, header("\"typ\":\"keystmt+jwt\",", ""), statementClaims())),
        refused(
            "crit",
            "An extension that must be understood.",
            Reason.HEADER_NOT_ALLOWED,
            statement(Root.ACME, header("{", "{\"crit\":[\"exp\"],"), statementClaims())),
        refused(
            "jwk-in-header",
            "Brings the key that it is signed with.",
            Reason.HEADER_NOT_ALLOWED,
            statement(
                Root.OTHER,
                header("{", "{\"jwk\":" + publicJwk(Root.OTHER) + ","),
                statementClaims())));
  }

  private static Stream<Named> keys() {
    return Stream.of(
        refused(
            "other-root",
            "Another tenant's root, which is not pinned.",
            Reason.UNKNOWN_ROOT,
            statement(Root.OTHER, statementHeader(Root.OTHER), statementClaims())),
        refused(
            "other-root-copied-kid",
            "Another tenant's root under the kid of the pinned one.",
            Reason.BAD_SIGNATURE,
            statement(Root.OTHER, statementHeader(), statementClaims())),
        vector(
                "statement-old-root",
                "The old root, after the rotation: only the new one is pinned.")
            .roots(Root.ACME_NEXT)
            .refused(Reason.UNKNOWN_ROOT),
        refused(
            "kid-missing",
            "No kid.",
            Reason.UNKNOWN_ROOT,
            statement(
                Root.ACME, header(",\"kid\":\"" + Root.ACME.id() + "\"", ""), statementClaims())),
        refused(
            "kid-null",
            "A kid of null.",
            Reason.UNKNOWN_ROOT,
            statement(Root.ACME, header("\"" + Root.ACME.id() + "\"", "null"), statementClaims())),
        refused(
            "kid-list",
            "A list of kids.",
            Reason.UNKNOWN_ROOT,
            statement(
                Root.ACME,
                header("\"" + Root.ACME.id() + "\"", "[\"" + Root.ACME.id() + "\"]"),
                statementClaims())));
  }

  private static Stream<Named> signatures() {
    byte[] genuine = Root.ACME.sign(TEXT);
    BigInteger number = new BigInteger(1, genuine);
    return Stream.of(
        refused(
            "pkcs1",
            "RSA with the old padding, told to be PS512.",
            Reason.BAD_SIGNATURE,
            pkcs1("PS512")),
        signature(
            "salt-of-32",
            "PSS with a salt of 32 bytes instead of 64.",
            Root.ACME.pss(TEXT, new SHA512Digest(), new SHA512Digest(), 32)),
        signature(
            "salt-of-none",
            "PSS without a salt.",
            Root.ACME.pss(TEXT, new SHA512Digest(), new SHA512Digest(), 0)),
        signature(
            "mask-sha256",
            "PSS whose mask is made by SHA-256.",
            Root.ACME.pss(TEXT, new SHA512Digest(), new SHA256Digest(), 64)),
        signature(
            "sha256",
            "PSS by SHA-256, told to be PS512.",
            Root.ACME.pss(TEXT, new SHA256Digest(), new SHA256Digest(), 32)),
        signature("zeros", "512 zeros.", new byte[512]),
        signature("modulus", "The root's modulus.", TestKeys.fixed(Root.ACME.modulus(), 512)),
        signature("short", "The first 511 bytes of a signature.", Arrays.copyOf(genuine, 511)),
        signature("longer", "A zero before a genuine signature.", TestKeys.fixed(number, 513)),
        signature(
            "plus-modulus",
            "A genuine signature plus the modulus: the same number for RSA, and one byte longer.",
            TestKeys.fixed(number.add(Root.ACME.modulus()), 513)),
        signature("empty", "An empty signature.", new byte[0]),
        refused(
            "trailing-bytes",
            "Bytes after a genuine signature.",
            Reason.BAD_SIGNATURE,
            statement() + "AAAA"));
  }

  private static Stream<Named> forms() {
    return Stream.of(
        refused("empty", "Nothing at all.", Reason.MALFORMED, ""),
        refused(
            "duplicate-name",
            "A member of the leaf's key twice.",
            Reason.MALFORMED,
            statement(c -> c.replace("{\"crv\"", "{\"kty\":\"EC\",\"crv\""))),
        refused(
            "duplicate-claim",
            "Two ends.",
            Reason.MALFORMED,
            statement(c -> c.replaceFirst("\\{", "{\"exp\":9999999999,"))),
        vector("statement-too-large", "8,193 characters, one more than there may be.")
            .statement(Text.of(statement()).thenTimes(8_193 - statement().length(), "A"))
            .refused(Reason.TOO_LARGE));
  }

  private static Stream<Named> claims() {
    return Stream.of(
        refused(
            "without-cnf",
            "Certifies nothing.",
            Reason.CLAIM_MISSING,
            statement(c -> c.replace("\"cnf\"", "\"cnf2\""))),
        refused(
            "leaf-by-reference",
            "A leaf that must be fetched.",
            Reason.CLAIM_MISSING,
            statement(
                c -> c.replace("{\"jwk\":" + Leaf.ACME.jwk(), "{\"jku\":\"https://evil.test/\""))),
        refused(
            "leaf-by-kid",
            "A leaf that is only named.",
            Reason.CLAIM_MALFORMED,
            statement(c -> c.replace(Leaf.ACME.jwk(), "\"" + Leaf.ACME.id() + "\""))),
        refused(
            "exp-string",
            "An end that is a string.",
            Reason.CLAIM_MALFORMED,
            statement(c -> c.replaceFirst("\"exp\":(\\d+)", "\"exp\":\"$1\""))),
        refused(
            "ends-before-it-begins",
            "An end before the beginning.",
            Reason.CLAIM_MALFORMED,
            ValidVectors.ending(Forge.STATEMENT_BEGIN - 1)),
        refused(
            "issuer-of-another",
            "The issuer of another tenant than the claim says.",
            Reason.TENANT_MISMATCH,
            statement(c -> c.replace("tenant:acme", "tenant:zeta"))),
        refused(
            "for-another-tenant",
            "The same root's statement for another tenant than the token's.",
            Reason.TENANT_MISMATCH,
            statement(c -> c.replace("acme", "zeta"))),
        vector("statement-not-expected", "A genuine pair of another tenant than the expected one.")
            .tenant("zeta")
            .refused(Reason.NOT_EXPECTED));
  }

  private static Stream<Named> leaves() {
    String[] unreduced = TestKeys.unreducedPoint();
    return Stream.of(
        leaf("private", "A leaf with its private half.", "\"crv\"", "\"d\":\"AA\",\"crv\""),
        leaf("with-kid", "A leaf with a name of its own.", "\"crv\"", "\"kid\":\"k\",\"crv\""),
        leaf(
            "rsa", "An RSA key.", Leaf.ACME.jwk(), "{\"kty\":\"RSA\",\"n\":\"AQ\",\"e\":\"AQAB\"}"),
        leaf("symmetric", "A secret.", Leaf.ACME.jwk(), "{\"kty\":\"oct\",\"k\":\"AQ\"}"),
        leaf("other-curve", "A key on secp256k1.", "P-256", "secp256k1"),
        leaf(
            "off-curve",
            "A point that is not on the curve.",
            Leaf.ACME.key().getY().toString(),
            Leaf.ACME.key().getX().toString()),
        leaf(
            "origin",
            "The point (0, 0).",
            Leaf.ACME.jwk(),
            "{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"%1$s\",\"y\":\"%1$s\"}"
                .formatted(encode(new byte[32]))),
        leaf(
            "unreduced",
            "A point of the curve whose x is written plus the field's order.",
            Leaf.ACME.jwk(),
            "{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"%s\",\"y\":\"%s\"}"
                .formatted((Object[]) unreduced)),
        leaf(
            "short-coordinate",
            "A coordinate of three bytes.",
            Leaf.ACME.key().getY().toString(),
            "AQAB"),
        leaf("number", "A coordinate that is a number.", "\"" + Leaf.ACME.key().getY() + "\"", "1"),
        refused(
            "leaf-padded",
            "A coordinate that is not canonical base64url.",
            Reason.MALFORMED,
            statement(
                c -> c.replace(Leaf.ACME.key().getY().toString(), Leaf.ACME.key().getY() + "="))));
  }

  private static Stream<Named> times() {
    return Stream.of(
        refused(
            "longer-than-a-day",
            "Good for 24 hours and a second.",
            Reason.STATEMENT_TOO_LONG,
            ValidVectors.ending(Forge.STATEMENT_BEGIN + 86_401)),
        vector("statement-early", "Three seconds before the statement begins.")
            .now(Forge.STATEMENT_BEGIN - 3)
            .refused(Reason.STATEMENT_NOT_YET_VALID),
        vector("statement-ended", "In the second in which the statement ends.")
            .statement(ValidVectors.ending(Forge.NOW))
            .refused(Reason.STATEMENT_EXPIRED),
        vector(
                "statement-ended-under-a-longer-token",
                "The statement has ended; its token has not.")
            .statement(ValidVectors.ending(Forge.NOW - 1))
            .refused(Reason.STATEMENT_EXPIRED));
  }

  private static Named refused(String name, String description, Reason reason, String statement) {
    return vector("statement-" + name, description).statement(statement).refused(reason);
  }

  private static Named signature(String name, String description, byte[] signature) {
    return refused(
        "signature-" + name, description, Reason.BAD_SIGNATURE, TEXT + "." + encode(signature));
  }

  private static Named leaf(String name, String description, String from, String to) {
    return refused(
        "leaf-" + name, description, Reason.LEAF_NOT_ALLOWED, statement(c -> c.replace(from, to)));
  }

  private static String header(String from, String to) {
    return statementHeader().replace(from, to);
  }

  private static String pkcs1(String algorithm) {
    String text = encode(header("PS512", algorithm)) + "." + encode(statementClaims());
    return text + "." + encode(Root.ACME.pkcs1(text));
  }

  private static String publicJwk(Root root) {
    return "{\"kty\":\"RSA\",\"n\":\"%s\",\"e\":\"AQAB\"}".formatted(root.key().getModulus());
  }
}
