package ai.coditect.licensing.tokens.vectors;

import static ai.coditect.licensing.tokens.vectors.Draft.vector;
import static ai.coditect.licensing.tokens.vectors.TestKeys.encode;

import ai.coditect.licensing.tokens.vectors.Draft.Named;
import ai.coditect.licensing.tokens.vectors.TestKeys.Leaf;
import ai.coditect.licensing.tokens.vectors.TestKeys.Root;
import java.math.BigInteger;
import java.util.stream.Stream;

/** What every verifier must accept. */
final class ValidVectors {

  private ValidVectors() {}

  static Stream<Named> all() {
    return Stream.of(pairs(), times(), roots(), claims(), writings()).flatMap(s -> s);
  }

  private static Stream<Named> pairs() {
    return Stream.of(
        vector(
                "valid",
                "A genuine pair for a verifier that expects its tenant, product and machine.")
            .tenant("acme")
            .product("cad")
            .hardware(Forge.HARDWARE)
            .valid(),
        vector("valid-nothing-expected", "The same for a verifier that expects nothing.").valid(),
        vector(
                "valid-other-signature",
                "ECDSA knows two signatures for each: (r, s) and (r, n - s). Both are genuine, so a"
                    + " token's text is no name for it.")
            .token(otherSignature())
            .valid(),
        vector("valid-longest-token", "A token of 32,768 characters, the most there may be.")
            .token(tokenOfLength(32_768))
            .valid());
  }

  private static Stream<Named> times() {
    return Stream.of(
        vector("valid-last-second", "A second before the token ends.")
            .now(Forge.TOKEN_END - 1)
            .valid(),
        vector("valid-clock-behind", "A clock that is two seconds behind the token's beginning.")
            .now(Forge.TOKEN_BEGIN - 2)
            .valid(),
        vector("valid-ends-with-its-statement", "The token ends in the second its statement does.")
            .statement(ending(Forge.TOKEN_END))
            .valid(),
        vector(
                "valid-statement-of-a-day",
                "A statement that is good for 24 hours, the most there may be.")
            .statement(ending(Forge.STATEMENT_BEGIN + 86_400))
            .valid());
  }

  private static Stream<Named> roots() {
    return Stream.of(
        vector(
                "valid-rotation-old-root",
                "While roots rotate both are pinned: the old one's statement.")
            .roots(Root.ACME, Root.ACME_NEXT)
            .valid(),
        vector(
                "valid-rotation-new-root",
                "While roots rotate both are pinned: the new one's statement.")
            .roots(Root.ACME, Root.ACME_NEXT)
            .statement(
                Forge.statement(
                    Root.ACME_NEXT,
                    Forge.statementHeader(Root.ACME_NEXT),
                    Forge.statementClaims(Leaf.ACME_NEXT)))
            .token(
                Forge.signed(
                    Leaf.ACME_NEXT, Forge.tokenHeader(Leaf.ACME_NEXT), Forge.tokenClaims()))
            .valid());
  }

  private static Stream<Named> claims() {
    return Stream.of(
        vector("valid-no-entitlements", "An empty array of entitlements.")
            .token(Forge.token(c -> c.replace("[\"mesh\",\"render\"]", "[]")))
            .valid(),
        vector("valid-64-entitlements", "As many entitlements as there may be.")
            .token(Forge.token(c -> c.replace("\"mesh\"", "\"e\"" + ",\"e\"".repeat(62))))
            .valid(),
        vector("valid-largest-numbers", "The highest slot and the highest generation.")
            .token(
                Forge.token(
                    c ->
                        c.replace("\"slot\":7", "\"slot\":2147483647")
                            .replace("\"gen\":3", "\"gen\":9007199254740991")))
            .valid(),
        vector("valid-generation-zero", "The lowest generation.")
            .token(Forge.token(c -> c.replace("\"gen\":3", "\"gen\":0")))
            .valid(),
        vector(
                "valid-unicode",
                "Product, entitlement and machine beyond ASCII, and beyond 16 bits.")
            .product("Größe-漢-\uD83D\uDE00")
            .hardware("机器-é-\uD83D\uDE00")
            .token(
                Forge.token(
                    c ->
                        c.replace("\"aud\":\"cad\"", "\"aud\":\"Größe-漢-\uD83D\uDE00\"")
                            .replace("\"mesh\"", "\"netz-\u00e4\"")
                            .replace(
                                Forge.hardwareHash(Forge.HARDWARE),
                                Forge.hardwareHash("机器-é-\uD83D\uDE00"))))
            .valid(),
        vector(
                "valid-200-characters",
                "A product of 200 characters as Unicode counts them, 400 in UTF-16.")
            .token(Forge.token(c -> c.replace("\"aud\":\"cad\"", product(200))))
            .valid());
  }

  private static Stream<Named> writings() {
    return Stream.of(
        vector("valid-unknown-claims", "Claims that this version does not know, of every type.")
            .token(
                Forge.token(
                    c ->
                        c.replaceFirst(
                            "\\{",
                            "{\"later\":{\"a\":[1,-2.5e3,true,null,{}]},\"0\":0,"
                                + "\"large\":1e400,\"digits\":"
                                + "9".repeat(100)
                                + ",")))
            .valid(),
        vector(
                "valid-depth-8",
                "An unknown claim whose arrays lie 8 deep, the claims' object counted.")
            .token(Forge.token(c -> c.replaceFirst("\\{", "{\"z\":[[[[[[[]]]]]]],")))
            .valid(),
        vector("valid-blanks", "Blanks, tabs and line breaks where JSON allows them.")
            .token(
                Forge.signed(
                    Forge.tokenHeader().replace(",", " ,\n\t"),
                    Forge.tokenClaims().replace(",", "\r\n, ").replace("\":", "\" :\t")))
            .valid(),
        vector("valid-escapes", "Names and values that are written with escapes.")
            .token(
                Forge.signed(
                    Forge.tokenHeader()
                        .replace("alg", "\\u0061lg")
                        .replace("seat+jwt", "seat\\u002bjwt"),
                    Forge.tokenClaims()
                        .replace("\"tenant\":\"acme\"", "\"ten\\u0061nt\":\"\\u0061cme\"")
                        .replace("\"mesh\"", "\"\\ud83d\\ude00\\/\\n\\u0000\"")))
            .valid(),
        vector("valid-order", "The header's members in another order.")
            .token(
                Forge.signed(
                    "{\"kid\":\"" + Leaf.ACME.id() + "\",\"typ\":\"seat+jwt\",\"alg\":\"ES256\"}",
                    Forge.tokenClaims()))
            .valid());
  }

  static String product(int characters) {
    return "\"aud\":\"" + "\uD83D\uDE00".repeat(characters) + "\"";
  }

  static String ending(long second) {
    return Forge.statement(c -> c.replaceFirst("\"exp\":\\d+", "\"exp\":" + second));
  }

  private static String otherSignature() {
    String text = encode(Forge.tokenHeader()) + "." + encode(Forge.tokenClaims());
    BigInteger[] numbers = Leaf.ACME.numbers(text);
    BigInteger other = TestKeys.ORDER.subtract(numbers[1]);
    return text + "." + encode(TestKeys.signature(numbers[0], other, 32));
  }

  /** With an unknown claim of so many zeros that the whole is as long. */
  static Text tokenOfLength(int length) {
    for (String blanks = ""; ; blanks += " ") {
      String header = encode(blanks + Forge.tokenHeader());
      // Two dots, and a signature of 64 bytes.
      int claims = length - header.length() - 2 - 86;
      if (claims % 4 == 0) {
        return padded(header, claims / 4 * 3);
      }
    }
  }

  private static Text padded(String header, int claimBytes) {
    String before = "{\"z\":\"";
    String after = "\"," + Forge.tokenClaims().substring(1);
    int zeros = claimBytes - before.length() - after.length();
    String blanks = " ".repeat(zeros % 3);
    String text = header + "." + encode(before + "0".repeat(zeros - zeros % 3) + blanks + after);
    return Text.of(header + "." + encode(before))
        .thenTimes(zeros / 3, encode("000"))
        .then(encode(blanks + after))
        .then("." + encode(Leaf.ACME.sign(text)));
  }
}
