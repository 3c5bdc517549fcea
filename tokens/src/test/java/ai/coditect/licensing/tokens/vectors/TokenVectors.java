package ai.coditect.licensing.tokens.vectors;

import static ai.coditect.licensing.tokens.vectors.Draft.vector;
import static ai.coditect.licensing.tokens.vectors.Forge.signed;
import static ai.coditect.licensing.tokens.vectors.Forge.token;
import static ai.coditect.licensing.tokens.vectors.Forge.tokenClaims;
import static ai.coditect.licensing.tokens.vectors.Forge.tokenHeader;
import static ai.coditect.licensing.tokens.vectors.Forge.without;
import static ai.coditect.licensing.tokens.vectors.TestKeys.encode;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_8;

import ai.coditect.licensing.tokens.Reason;
import ai.coditect.licensing.tokens.vectors.Draft.Named;
import ai.coditect.licensing.tokens.vectors.TestKeys.Leaf;
import ai.coditect.licensing.tokens.vectors.TestKeys.Root;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERSequence;

/** Tokens that prove nothing, under a genuine statement. */
final class TokenVectors {

  private static final String[] PARTS = token().split("\\.", 3);
  private static final String TEXT = PARTS[0] + "." + PARTS[1];
  private static final String EXP = "\"exp\":" + Forge.TOKEN_END;

  private TokenVectors() {}

  static Stream<Named> all() {
    return Stream.of(
            algorithms(),
            headers(),
            keys(),
            signatures(),
            encodings(),
            json(),
            texts(),
            sizes(),
            numbers(),
            claims(),
            agreement(),
            times())
        .flatMap(s -> s);
  }

  private static Stream<Named> algorithms() {
    return Stream.of(
        algorithm("none", "alg none and no signature.", withAlg("none", "")),
        algorithm("none-in-capitals", "alg nOnE with the signature.", withAlg("nOnE", PARTS[2])),
        algorithm(
            "hs256-leaf",
            "HS256 with the leaf's public JWK as the secret.",
            hmac(header("ES256", "HS256"), tokenClaims(), Leaf.ACME.jwk())),
        algorithm(
            "hs256-root",
            "HS256 with the root's PEM as the secret.",
            hmac(header("ES256", "HS256"), tokenClaims(), Root.ACME.pem())),
        algorithm("es384", "ES384.", signed(header("ES256", "ES384"), tokenClaims())),
        algorithm(
            "lower-case",
            "es256 in small letters.",
            signed(header("ES256", "es256"), tokenClaims())),
        algorithm("list", "A list.", signed(header("\"ES256\"", "[\"ES256\"]"), tokenClaims())),
        algorithm("missing", "No alg.", signed(header("\"alg\":\"ES256\",", ""), tokenClaims())),
        algorithm(
            "ps512-root",
            "Signed by the root itself.",
            Forge.statement(
                Root.ACME, Forge.statementHeader().replace("keystmt", "seat"), tokenClaims())),
        refused(
            "is-statement",
            "A statement in place of the token.",
            Reason.ALGORITHM_NOT_ALLOWED,
            Forge.statement()));
  }

  private static Stream<Named> headers() {
    return Stream.of(
        type("jwt", "typ JWT.", "seat+jwt", "JWT"),
        type("statement", "typ of a statement.", "seat+jwt", "keystmt+jwt"),
        type("list", "typ of a revocation list.", "seat+jwt", "revocations+jwt"),
        type("media-type", "The whole media type.", "seat+jwt", "application/seat+jwt"),
        type("in-capitals", "SEAT+JWT.", "seat+jwt", "SEAT+JWT"),
        type("missing", "No typ.", "\"typ\":\"seat+jwt\",", ""),
        member("crit", "An extension that must be understood.", "\"crit\":[\"b64\"]"),
        member("crit-empty", "No extension that must be understood.", "\"crit\":[]"),
        member("b64", "Claims that are not encoded.", "\"b64\":false"),
        member("jku", "A key to be fetched.", "\"jku\":\"https://evil.test/jwks\""),
        member("x5u", "A certificate to be fetched.", "\"x5u\":\"https://evil.test/\""),
        member("x5c", "A certificate.", "\"x5c\":[\"MIIB\"]"),
        member("jwk", "The key that it is signed with.", "\"jwk\":" + Leaf.ACME.jwk()),
        member("zip", "Compressed claims.", "\"zip\":\"DEF\""),
        member("cty", "Claims that are said to be a token.", "\"cty\":\"JWT\""));
  }

  private static Stream<Named> keys() {
    return Stream.of(
        kid("path", "A kid that is a path.", "../../../../dev/null"),
        kid("sql", "A kid that is SQL.", "x' UNION SELECT 'key"),
        kid("empty", "An empty kid.", ""),
        kid("blank", "The genuine kid and a blank.", Leaf.ACME.id() + " "),
        kid("root", "The root's kid.", Root.ACME.id()),
        kid("other-leaf", "Another leaf's kid.", Leaf.OTHER.id()),
        refused(
            "kid-missing",
            "No kid.",
            Reason.UNKNOWN_LEAF,
            signed("{\"alg\":\"ES256\",\"typ\":\"seat+jwt\"}", tokenClaims())),
        refused(
            "kid-number",
            "A kid that is a number.",
            Reason.UNKNOWN_LEAF,
            signed(header("\"" + Leaf.ACME.id() + "\"", "1"), tokenClaims())),
        vector("token-kid-10-kb", "A kid of 9,999 characters.")
            .token(longKid())
            .refused(Reason.UNKNOWN_LEAF));
  }

  private static Stream<Named> signatures() {
    BigInteger[] numbers = Leaf.ACME.numbers(TEXT);
    BigInteger r = numbers[0];
    BigInteger s = numbers[1];
    BigInteger order = TestKeys.ORDER;
    BigInteger zero = BigInteger.ZERO;
    BigInteger most = BigInteger.ONE.shiftLeft(256).subtract(BigInteger.ONE);
    return Stream.of(
        numbers("zeros", "r = s = 0.", zero, zero),
        numbers("r-zero", "r = 0.", zero, s),
        numbers("s-zero", "s = 0.", r, zero),
        numbers("order", "r and s are the curve's order.", order, order),
        numbers("r-order", "r is the curve's order.", order, s),
        numbers("s-order", "s is the curve's order.", r, order),
        numbers("s-largest", "s is the largest number of 32 bytes.", r, most),
        numbers("swapped", "s before r.", s, r),
        signature("wide", "r and s of 33 bytes each.", TestKeys.signature(r, s, 33)),
        signature("empty", "An empty signature.", new byte[0]),
        signature("short", "A byte too few.", Arrays.copyOf(Leaf.ACME.sign(TEXT), 63)),
        signature("long", "A byte too many.", Arrays.copyOf(Leaf.ACME.sign(TEXT), 65)),
        signature("der", "A genuine signature in DER.", der(r, s)),
        refused(
            "signature-of-other-claims",
            "A genuine signature under other claims.",
            Reason.BAD_SIGNATURE,
            PARTS[0]
                + "."
                + encode(tokenClaims().replace("\"gen\":3", "\"gen\":4"))
                + "."
                + PARTS[2]),
        refused(
            "signature-of-other-leaf",
            "Another leaf's signature under the kid of the certified one.",
            Reason.BAD_SIGNATURE,
            signed(Leaf.OTHER, tokenHeader(), tokenClaims())));
  }

  private static Stream<Named> encodings() {
    String last = token();
    return Stream.of(
        malformed("empty", "Nothing at all.", ""),
        malformed("one-part", "One part.", PARTS[0]),
        malformed("two-parts", "No signature part.", TEXT),
        malformed("four-parts", "Four parts.", token() + ".e30"),
        malformed("five-parts", "Five parts, as an encrypted token has.", token() + ".e30.e30"),
        malformed("dots", "Two dots.", ".."),
        malformed(
            "json-serialization",
            "The same token in JSON.",
            "{\"protected\":\"%s\",\"payload\":\"%s\",\"signature\":\"%s\"}"
                .formatted((Object[]) PARTS)),
        malformed("line-break", "A line break after it.", token() + "\n"),
        malformed("blank", "A blank before it.", " " + token()),
        malformed("bom", "A byte order mark before it.", "\uFEFF" + token()),
        malformed("padding", "A padded signature.", token() + "=="),
        malformed("base64", "A signature in the other alphabet.", TEXT + ".ab+/"),
        malformed(
            "unused-bits",
            "A signature that is not canonical: bits that no byte needs are set.",
            last.substring(0, last.length() - 1) + next(last.charAt(last.length() - 1))),
        malformed("claims-unused-bits", "Claims that are not canonical.", claimsWithUnusedBits()),
        malformed("nested", "Claims that are a token.", signed(tokenHeader(), token())));
  }

  private static Stream<Named> json() {
    return Stream.of(
        json("claims-empty", "No claims at all.", ""),
        json("claims-in-array", "Claims in an array.", "[" + tokenClaims() + "]"),
        json("claims-text", "Claims that are a string.", "\"" + "x".repeat(10) + "\""),
        json("claims-twice", "Two objects.", tokenClaims() + "{}"),
        json("claims-trailing-zero", "A zero byte after the claims.", tokenClaims() + "\0"),
        json("claims-cut", "Claims without their end.", tokenClaims().substring(0, 100)),
        json("comment", "A comment.", tokenClaims().replaceFirst("\\{", "{/**/")),
        json("comma", "A comma too many.", tokenClaims().replace("}", ",}")),
        json("single-quotes", "Single quotes.", tokenClaims().replace('"', '\'')),
        json("nan", "Not a number.", claimsWith("\"z\":NaN")),
        json("plus", "A plus before a number.", tokenClaims().replace("\"slot\":7", "\"slot\":+7")),
        json("leading-zero", "A zero before a number.", tokenClaims().replace(":7,", ":07,")),
        json(
            "no-break-space",
            "A blank that JSON does not know.",
            tokenClaims().replaceFirst("\\{", "{\u00A0")),
        json(
            "line-break-in-text",
            "A line break in a string.",
            tokenClaims().replace("s-1", "s\n1")),
        json(
            "unknown-escape",
            "An escape that JSON does not know.",
            tokenClaims().replace("s-1", "s\\x31")),
        json("duplicate-claim", "Two tenants.", claimsWith("\"tenant\":\"zeta\"")),
        json(
            "duplicate-claim-escaped",
            "Two tenants, one of which is written with an escape.",
            claimsWith("\"\\u0074enant\":\"zeta\"")),
        json(
            "duplicate-name-within",
            "A name twice within a claim that nobody knows.",
            claimsWith("\"z\":{\"a\":1,\"a\":2}")),
        malformed(
            "duplicate-alg",
            "Two algorithms.",
            signed(header("{", "{\"alg\":\"none\","), tokenClaims())),
        malformed(
            "header-trailing",
            "A byte after the header.",
            signed(tokenHeader() + "x", tokenClaims())),
        json(
            "depth-9",
            "Arrays that lie 9 deep, the claims' object counted.",
            claimsWith("\"z\":[[[[[[[[]]]]]]]]")),
        vector("token-depth-9000", "Arrays that lie 9,001 deep.")
            .token(deep())
            .refused(Reason.MALFORMED));
  }

  private static Stream<Named> texts() {
    return Stream.of(
        json("claims-bom", "A byte order mark before the claims.", "\uFEFF" + tokenClaims()),
        malformed(
            "header-bom",
            "A byte order mark before the header.",
            signed("\uFEFF" + tokenHeader(), tokenClaims())),
        bytes("utf-16", "Claims in UTF-16.", tokenClaims().getBytes(UTF_16BE)),
        bytes(
            "latin-1",
            "A byte that is no UTF-8.",
            tokenClaims().replace("s-1", "s-\u00ff").getBytes(ISO_8859_1)),
        bytes("overlong", "A slash of two bytes.", replaced("c0af")),
        bytes("surrogate", "Half a character in three bytes.", replaced("eda080")),
        bytes("too-high", "A character above the last one.", replaced("f4908080")),
        json(
            "half-character",
            "Half a character, by an escape.",
            tokenClaims().replace("s-1", "s-\\ud83d")),
        json(
            "half-character-turned",
            "The halves of a character the wrong way round.",
            tokenClaims().replace("s-1", "s-\\ude00\\ud83d")),
        json(
            "half-character-in-name",
            "Half a character in a name that nobody knows.",
            claimsWith("\"\\ud83d\":1")),
        vector(
                "token-other-form",
                "A product that looks like the expected one in another form (NFD).")
            .product("caf\u00e9")
            .token(token(c -> c.replace("\"aud\":\"cad\"", "\"aud\":\"cafe\u0301\"")))
            .refused(Reason.NOT_EXPECTED));
  }

  private static Stream<Named> sizes() {
    return Stream.of(
        vector("token-one-too-long", "32,769 characters, one more than there may be.")
            .token(ValidVectors.tokenOfLength(32_768).then("A"))
            .refused(Reason.TOO_LARGE),
        vector("token-header-of-1-mb", "A header of a megabyte.")
            .token(
                Text.of(encode("{\"z\":\""))
                    .thenTimes(350_000, encode("zzz"))
                    .then(
                        encode("\"," + tokenHeader().substring(1))
                            + "."
                            + PARTS[1]
                            + "."
                            + PARTS[2]))
            .refused(Reason.TOO_LARGE),
        vector("token-a-million-dots", "A million dots.")
            .token(new Text(List.of()).thenTimes(1_000_000, "."))
            .refused(Reason.TOO_LARGE));
  }

  private static Stream<Named> numbers() {
    return Stream.of(
        exp("string", "An end that is a string.", "\"" + Forge.TOKEN_END + "\""),
        exp("float", "An end with a fraction of zero.", Forge.TOKEN_END + ".0"),
        exp("exponent", "An end with an exponent.", "2e9"),
        exp("true", "An end that is true.", "true"),
        exp("null", "An end that is null.", "null"),
        exp("array", "An end in an array.", "[" + Forge.TOKEN_END + "]"),
        exp("negative", "An end before 1970.", "-1"),
        exp("beyond-9999", "The first second of the year 10000.", "253402300800"),
        exp("64-bits", "The largest number of 64 bits.", "9223372036854775807"),
        exp("beyond-64-bits", "A number that 64 bits make a small one of.", "18446744073709551617"),
        exp("100-digits", "An end of a hundred digits.", "9".repeat(100)),
        exp("1e400", "An end beyond every float.", "1e400"),
        claim("slot-zero", "Slot 0.", "\"slot\":7", "\"slot\":0"),
        claim("slot-true", "A slot that is true.", "\"slot\":7", "\"slot\":true"),
        claim("slot-beyond", "A slot above 31 bits.", "\"slot\":7", "\"slot\":2147483648"),
        claim(
            "slot-32-bits", "A slot that 32 bits make 7 of.", "\"slot\":7", "\"slot\":4294967303"),
        claim("gen-negative", "A generation below zero.", "\"gen\":3", "\"gen\":-1"),
        claim("gen-beyond", "A generation of 54 bits.", "\"gen\":3", "\"gen\":9007199254740992"));
  }

  private static Stream<Named> claims() {
    return Stream.of(
        missing("iss"),
        missing("aud"),
        missing("sub"),
        missing("tenant"),
        missing("pool"),
        missing("slot"),
        missing("gen"),
        missing("ent"),
        missing("iat"),
        missing("nbf"),
        missing("exp"),
        missing("jti"),
        missing("hwh"),
        claim("two-audiences", "Two products.", "\"aud\":\"cad\"", "\"aud\":[\"cad\",\"cam\"]"),
        claim("audience-list", "One product, in an array.", "\"aud\":\"cad\"", "\"aud\":[\"cad\"]"),
        claim("audience-empty", "An empty product.", "\"aud\":\"cad\"", "\"aud\":\"\""),
        claim(
            "201-characters",
            "A product of 201 characters.",
            "\"aud\":\"cad\"",
            ValidVectors.product(201)),
        claim("sub-number", "A session that is a number.", "\"s-1\"", "1"),
        claim("ent-text", "Entitlements in a string.", "[\"mesh\",\"render\"]", "\"mesh render\""),
        claim("ent-number", "A number among the entitlements.", "\"mesh\"", "1"),
        claim("ent-65", "65 entitlements.", "\"mesh\"", "\"e\"" + ",\"e\"".repeat(63)),
        claim(
            "hash-in-capitals",
            "The machine's hash in capitals.",
            Forge.hardwareHash(Forge.HARDWARE),
            Forge.hardwareHash(Forge.HARDWARE).toUpperCase(Locale.ROOT)),
        claim(
            "hash-short",
            "A digit too few in the machine's hash.",
            Forge.hardwareHash(Forge.HARDWARE),
            Forge.hardwareHash(Forge.HARDWARE).substring(1)),
        exp("before-nbf", "An end before the beginning.", "" + (Forge.TOKEN_BEGIN - 1)),
        exp("at-nbf", "An end in the second of the beginning.", "" + Forge.TOKEN_BEGIN));
  }

  private static Stream<Named> agreement() {
    return Stream.of(
        refused(
            "issuer-of-another",
            "The issuer of another tenant than the claim says.",
            Reason.TENANT_MISMATCH,
            token(c -> c.replace("tenant:acme", "tenant:zeta"))),
        refused(
            "tenant-of-another",
            "Another tenant than the issuer's.",
            Reason.TENANT_MISMATCH,
            token(c -> c.replace("\"tenant\":\"acme\"", "\"tenant\":\"zeta\""))),
        refused(
            "issuer-and-tenant-of-another",
            "Another tenant's token, by the leaf of this one.",
            Reason.TENANT_MISMATCH,
            token(c -> c.replace("acme", "zeta"))),
        vector("token-other-product", "Another product than the expected one.")
            .tenant("acme")
            .product("cam")
            .refused(Reason.NOT_EXPECTED),
        vector("token-product-in-capitals", "The expected product in other letters.")
            .product("CAD")
            .refused(Reason.NOT_EXPECTED),
        vector("token-other-machine", "A copy on another machine.")
            .hardware("workstation-2")
            .refused(Reason.NOT_EXPECTED),
        vector("token-outlives-statement", "Ends a second after its statement.")
            .statement(ValidVectors.ending(Forge.TOKEN_END - 1))
            .refused(Reason.OUTLIVES_STATEMENT));
  }

  private static Stream<Named> times() {
    return Stream.of(
        vector("token-ended", "In the second in which it ends: there is no leeway.")
            .now(Forge.TOKEN_END)
            .refused(Reason.EXPIRED),
        vector("token-early", "Three seconds before it begins.")
            .now(Forge.TOKEN_BEGIN - 3)
            .refused(Reason.NOT_YET_VALID),
        refused(
            "nbf-in-an-hour",
            "Begins in an hour.",
            Reason.NOT_YET_VALID,
            token(
                c ->
                    c.replace("\"nbf\":" + Forge.TOKEN_BEGIN, "\"nbf\":" + (Forge.NOW + 3_600))
                        .replace(EXP, "\"exp\":" + (Forge.NOW + 3_700)))));
  }

  private static Named refused(String name, String description, Reason reason, String token) {
    return vector("token-" + name, description).token(token).refused(reason);
  }

  private static Named algorithm(String name, String description, String token) {
    return refused("alg-" + name, description, Reason.ALGORITHM_NOT_ALLOWED, token);
  }

  private static Named type(String name, String description, String from, String to) {
    return refused(
        "typ-" + name,
        description,
        Reason.TYPE_NOT_ALLOWED,
        signed(header(from, to), tokenClaims()));
  }

  private static Named member(String name, String description, String member) {
    return refused(
        "header-" + name,
        description,
        Reason.HEADER_NOT_ALLOWED,
        signed(header("{", "{" + member + ","), tokenClaims()));
  }

  private static Named kid(String name, String description, String kid) {
    return refused(
        "kid-" + name,
        description,
        Reason.UNKNOWN_LEAF,
        signed(header(Leaf.ACME.id(), kid), tokenClaims()));
  }

  private static Named numbers(String name, String description, BigInteger r, BigInteger s) {
    return signature(name, description, TestKeys.signature(r, s, 32));
  }

  private static Named signature(String name, String description, byte[] signature) {
    return refused(
        "signature-" + name, description, Reason.BAD_SIGNATURE, TEXT + "." + encode(signature));
  }

  private static Named malformed(String name, String description, String token) {
    return refused(name, description, Reason.MALFORMED, token);
  }

  private static Named json(String name, String description, String claims) {
    return malformed(name, description, signed(tokenHeader(), claims));
  }

  private static Named bytes(String name, String description, byte[] claims) {
    return malformed(name, description, signed(Leaf.ACME, tokenHeader().getBytes(UTF_8), claims));
  }

  private static Named exp(String name, String description, String value) {
    return claim("exp-" + name, description, EXP, "\"exp\":" + value);
  }

  private static Named claim(String name, String description, String from, String to) {
    return refused(
        name, description, Reason.CLAIM_MALFORMED, token(claims -> claims.replace(from, to)));
  }

  private static Named missing(String claim) {
    return refused(
        "without-" + claim, "No claim " + claim + ".", Reason.CLAIM_MISSING, token(without(claim)));
  }

  /** And a member before the others. */
  private static String claimsWith(String member) {
    return "{" + member + "," + tokenClaims().substring(1);
  }

  private static String header(String from, String to) {
    return tokenHeader().replace(from, to);
  }

  private static String withAlg(String algorithm, String signature) {
    return encode(header("ES256", algorithm)) + "." + PARTS[1] + "." + signature;
  }

  static String hmac(String header, String claims, String secret) {
    String text = encode(header) + "." + encode(claims);
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA256"));
      return text + "." + encode(mac.doFinal(text.getBytes(UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] der(BigInteger r, BigInteger s) {
    try {
      return new DERSequence(new ASN1Integer[] {new ASN1Integer(r), new ASN1Integer(s)})
          .getEncoded();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** The header's two parts around the kid are encoded for themselves. */
  private static Text longKid() {
    String before = "{\"alg\":\"ES256\",\"typ\":\"seat+jwt\",\"kid\":\"";
    String blanks = " ".repeat((3 - before.length() % 3) % 3);
    String whole = blanks + before + "k".repeat(9_999) + "\"}";
    return Text.of(encode(blanks + before))
        .thenTimes(3_333, encode("kkk"))
        .then(encode("\"}") + "." + PARTS[1] + ".")
        .then(encode(Leaf.ACME.sign(encode(whole) + "." + PARTS[1])));
  }

  private static Text deep() {
    String before = "{\"z\":";
    String blanks = " ".repeat((3 - before.length() % 3) % 3);
    String after = "," + tokenClaims().substring(1);
    String whole = blanks + before + "[".repeat(9_000) + "]".repeat(9_000) + after;
    return Text.of(PARTS[0] + "." + encode(blanks + before))
        .thenTimes(3_000, encode("[[["))
        .thenTimes(3_000, encode("]]]"))
        .then(encode(after) + ".")
        .then(encode(Leaf.ACME.sign(PARTS[0] + "." + encode(whole))));
  }

  /** The session's name with these bytes in it. */
  private static byte[] replaced(String hex) {
    int at = tokenClaims().indexOf("s-1") + 1;
    byte[] claims = tokenClaims().getBytes(UTF_8);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(claims, 0, at);
    bytes.writeBytes(HexFormat.of().parseHex(hex));
    bytes.write(claims, at + 1, claims.length - at - 1);
    return bytes.toByteArray();
  }

  private static String claimsWithUnusedBits() {
    String claims = tokenClaims();
    while (claims.length() % 3 == 0) {
      claims = " " + claims;
    }
    String encoded = encode(claims);
    int last = encoded.length() - 1;
    String text = PARTS[0] + "." + encoded.substring(0, last) + next(encoded.charAt(last));
    return text + "." + encode(Leaf.ACME.sign(text));
  }

  /** The letter that differs in its last bit. */
  private static char next(char letter) {
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    return alphabet.charAt(alphabet.indexOf(letter) ^ 1);
  }
}
