package ai.coditect.licensing.tokens.vectors;

import static ai.coditect.licensing.tokens.vectors.Draft.vector;
import static ai.coditect.licensing.tokens.vectors.Forge.list;
import static ai.coditect.licensing.tokens.vectors.Forge.listClaims;
import static ai.coditect.licensing.tokens.vectors.Forge.listHeader;
import static ai.coditect.licensing.tokens.vectors.Forge.signed;
import static ai.coditect.licensing.tokens.vectors.Forge.without;
import static ai.coditect.licensing.tokens.vectors.TestKeys.encode;

import ai.coditect.licensing.tokens.Reason;
import ai.coditect.licensing.tokens.vectors.Draft.Named;
import ai.coditect.licensing.tokens.vectors.TestKeys.Leaf;
import ai.coditect.licensing.tokens.vectors.TestKeys.Root;
import java.util.stream.Stream;

/** Revocation lists, genuine and not, beside a token that is valid without one. */
final class RevocationVectors {

  private static final String SEQ = "\"seq\":" + Forge.SEQUENCE;
  private static final String EXP = "\"exp\":" + Forge.LIST_END;
  private static final String REVOKED = "{\"cad\":{\"1\":9,\"7\":4},\"render\":{\"7\":2}}";

  private RevocationVectors() {}

  static Stream<Named> all() {
    return Stream.of(
            valid(), revoked(), order(), headers(), forms(), claims(), agreement(), times())
        .flatMap(s -> s);
  }

  private static Stream<Named> valid() {
    return Stream.of(
        vector("revocations-none", "An empty list.").list(withRevoked("{}")).valid(),
        vector("revocations-others", "Other seats are revoked, and earlier sessions of this one.")
            .list(
                withRevoked("{\"cad\":{\"6\":9,\"7\":3,\"77\":9},\"CAD\":{\"7\":9},\"empty\":{}}"))
            .valid(),
        vector("revocations-by-another-leaf", "A list that another pod's leaf signed.")
            .list(
                signed(Leaf.ACME_NEXT, listHeader(Leaf.ACME_NEXT), withoutSeven()),
                Forge.statement(
                    Root.ACME, Forge.statementHeader(), Forge.statementClaims(Leaf.ACME_NEXT)),
                0)
            .valid(),
        vector("revocations-seen-before", "The list that was seen last.")
            .list(withRevoked("{}"), Forge.statement(), Forge.SEQUENCE)
            .valid(),
        vector("revocations-incomplete", "A list that could not hold all; this seat is not on it.")
            .list(list(c -> c.replace("true", "false").replace(REVOKED, "{\"cad\":{\"1\":9}}")))
            .valid(),
        vector("revocations-largest-numbers", "The highest slot, generation and sequence.")
            .list(
                list(
                    c ->
                        c.replace(REVOKED, "{\"cad\":{\"2147483647\":9007199254740991}}")
                            .replace(SEQ, "\"seq\":9007199254740991")))
            .valid(),
        vector("revocations-clock-behind", "A clock that is two seconds behind the list.")
            .list(list(c -> begun(c, Forge.NOW + 2).replace(REVOKED, "{}")))
            .valid());
  }

  private static Stream<Named> revoked() {
    return Stream.of(
        vector("revoked", "The seat was released: the lowest generation that is not revoked is 4.")
            .list(list())
            .refused(Reason.REVOKED),
        vector("revoked-long-ago", "The seat changed hands many times since.")
            .list(withRevoked("{\"cad\":{\"7\":9007199254740991}}"))
            .refused(Reason.REVOKED),
        vector("revoked-on-an-incomplete-list", "A list that could not hold all holds this seat.")
            .list(list(c -> c.replace("true", "false")))
            .refused(Reason.REVOKED));
  }

  private static Stream<Named> order() {
    return Stream.of(
        vector("revocations-rolled-back", "A list of a lower sequence than one that was seen.")
            .list(withRevoked("{}"), Forge.statement(), Forge.SEQUENCE + 1)
            .refused(Reason.LIST_ROLLED_BACK),
        vector(
                "revocations-first",
                "A rolled back list beside a token that has ended: the list is first.")
            .list(list(c -> ended(c, Forge.NOW + 900)), Forge.statement(), Forge.SEQUENCE + 1)
            .now(Forge.TOKEN_END)
            .refused(Reason.LIST_ROLLED_BACK),
        vector("revocations-last", "A token that is revoked and has ended.")
            .list(list(c -> ended(c, Forge.NOW + 900)))
            .now(Forge.TOKEN_END)
            .refused(Reason.EXPIRED));
  }

  private static Stream<Named> headers() {
    return Stream.of(
        refused(
            "alg-none",
            "alg none and no signature.",
            Reason.ALGORITHM_NOT_ALLOWED,
            encode(listHeader().replace("ES256", "none")) + "." + encode(listClaims()) + "."),
        refused(
            "by-the-root",
            "Signed by the root itself.",
            Reason.ALGORITHM_NOT_ALLOWED,
            Forge.statement(
                Root.ACME,
                Forge.statementHeader().replace("keystmt", "revocations"),
                listClaims())),
        refused(
            "is-token", "A token in place of the list.", Reason.TYPE_NOT_ALLOWED, Forge.token()),
        vector("token-is-list", "A list in place of the token.")
            .token(list())
            .refused(Reason.TYPE_NOT_ALLOWED),
        refused(
            "crit",
            "An extension that must be understood.",
            Reason.HEADER_NOT_ALLOWED,
            signed(listHeader().replace("{", "{\"crit\":[\"exp\"],"), listClaims())),
        refused(
            "other-kid",
            "A leaf that its statement does not certify.",
            Reason.UNKNOWN_LEAF,
            signed(Leaf.OTHER, listHeader(Leaf.OTHER), listClaims())),
        refused(
            "other-leaf",
            "Another leaf's signature under the kid of the certified one.",
            Reason.BAD_SIGNATURE,
            signed(Leaf.OTHER, listHeader(), listClaims())),
        vector("revocations-other-root", "A list whose statement another root signed.")
            .list(
                list(),
                Forge.statement(
                    Root.OTHER, Forge.statementHeader(Root.OTHER), Forge.statementClaims()),
                0)
            .refused(Reason.UNKNOWN_ROOT));
  }

  private static Stream<Named> forms() {
    return Stream.of(
        refused("empty", "Nothing at all.", Reason.MALFORMED, ""),
        refused(
            "duplicate-slot",
            "A slot twice.",
            Reason.MALFORMED,
            withRevoked("{\"cad\":{\"7\":4,\"7\":1}}")),
        refused(
            "duplicate-pool",
            "A pool twice, once by an escape.",
            Reason.MALFORMED,
            withRevoked("{\"cad\":{\"7\":4},\"\\u0063ad\":{}}")),
        vector("revocations-too-large", "4,194,305 characters, one more than there may be.")
            .list(Text.of("e30.").thenTimes(4_194_301, "A"), Forge.statement(), 0)
            .refused(Reason.TOO_LARGE));
  }

  private static Stream<Named> claims() {
    return Stream.of(
        missing("seq"),
        missing("iat"),
        missing("exp"),
        missing("complete"),
        missing("revoked"),
        claim("seq-zero", "Sequence 0.", SEQ, "\"seq\":0"),
        claim("seq-float", "A sequence with a fraction of zero.", SEQ, SEQ + ".0"),
        claim("seq-beyond", "A sequence of 54 bits.", SEQ, "\"seq\":9007199254740992"),
        claim("complete-text", "A string instead of a truth.", "true", "\"true\""),
        claim("complete-number", "A number instead of a truth.", "true", "1"),
        claim("revoked-array", "An array of sessions.", REVOKED, "[\"s-1\"]"),
        claim("pool-array", "An array of slots.", REVOKED, "{\"cad\":[7]}"),
        claim("pool-empty", "A pool without a name.", REVOKED, "{\"\":{\"7\":4}}"),
        claim("slot-zero", "Slot 0.", REVOKED, "{\"cad\":{\"0\":4}}"),
        claim("slot-leading-zero", "A zero before a slot.", REVOKED, "{\"cad\":{\"07\":4}}"),
        claim("slot-plus", "A plus before a slot.", REVOKED, "{\"cad\":{\"+7\":4}}"),
        claim("slot-blank", "A blank before a slot.", REVOKED, "{\"cad\":{\" 7\":4}}"),
        claim("slot-arabic", "A slot in other digits.", REVOKED, "{\"cad\":{\"\u0667\":4}}"),
        claim("slot-beyond", "A slot above 31 bits.", REVOKED, "{\"cad\":{\"2147483648\":4}}"),
        claim("gen-zero", "Generation 0.", REVOKED, "{\"cad\":{\"7\":0}}"),
        claim("gen-text", "A generation that is a string.", REVOKED, "{\"cad\":{\"7\":\"4\"}}"),
        claim("gen-true", "A generation that is true.", REVOKED, "{\"cad\":{\"7\":true}}"),
        claim("gen-float", "A generation with a fraction.", REVOKED, "{\"cad\":{\"7\":4.5}}"),
        claim("ends-before-it-begins", "An end before the beginning.", EXP, "\"exp\":1"));
  }

  private static Stream<Named> agreement() {
    return Stream.of(
        refused(
            "issuer-of-another",
            "The issuer of another tenant than the claim says.",
            Reason.TENANT_MISMATCH,
            list(c -> c.replace("tenant:acme", "tenant:zeta"))),
        refused(
            "for-another-tenant",
            "Another tenant's list, by the leaf of this one.",
            Reason.TENANT_MISMATCH,
            list(c -> c.replace("acme", "zeta"))),
        vector(
                "revocations-of-another-tenant",
                "A genuine list of another tenant than the token's.")
            .list(
                list(c -> c.replace("acme", "zeta")),
                Forge.statement(c -> c.replace("acme", "zeta")),
                0)
            .refused(Reason.TENANT_MISMATCH),
        vector("revocations-not-expected", "A list of another tenant than the expected one.")
            .tenant("acme")
            .list(
                list(c -> c.replace("acme", "zeta")),
                Forge.statement(c -> c.replace("acme", "zeta")),
                0)
            .refused(Reason.NOT_EXPECTED),
        vector("revocations-outlive-statement", "A list that ends a second after its statement.")
            .list(list(), ValidVectors.ending(Forge.LIST_END - 1), 0)
            .refused(Reason.OUTLIVES_STATEMENT));
  }

  private static Stream<Named> times() {
    return Stream.of(
        vector("revocations-ended", "In the second in which the list ends.")
            .list(list(c -> ended(c, Forge.NOW)))
            .refused(Reason.LIST_EXPIRED),
        vector("revocations-early", "Three seconds before the list was made.")
            .list(list(c -> begun(c, Forge.NOW + 3)))
            .refused(Reason.LIST_NOT_YET_VALID),
        vector("revocations-statement-ended", "A list whose statement has ended.")
            .list(list(), ValidVectors.ending(Forge.NOW), 0)
            .refused(Reason.STATEMENT_EXPIRED));
  }

  private static Named refused(String name, String description, Reason reason, String list) {
    return vector("revocations-" + name, description).list(list).refused(reason);
  }

  private static Named claim(String name, String description, String from, String to) {
    return refused(name, description, Reason.CLAIM_MALFORMED, list(c -> c.replace(from, to)));
  }

  private static Named missing(String claim) {
    return refused(
        "without-" + claim, "No claim " + claim + ".", Reason.CLAIM_MISSING, list(without(claim)));
  }

  private static String withRevoked(String revoked) {
    return list(c -> c.replace(REVOKED, revoked));
  }

  private static String withoutSeven() {
    return listClaims().replace(REVOKED, "{\"cad\":{\"1\":9}}");
  }

  private static String begun(String claims, long second) {
    return claims.replace("\"iat\":" + Forge.LIST_BEGIN, "\"iat\":" + second);
  }

  private static String ended(String claims, long second) {
    return claims.replace(EXP, "\"exp\":" + second);
  }
}
