package ai.coditect.licensing.tokens.vectors;

import static ai.coditect.licensing.tokens.vectors.Draft.vector;
import static ai.coditect.licensing.tokens.vectors.Forge.lastList;
import static ai.coditect.licensing.tokens.vectors.Forge.lastListClaims;
import static ai.coditect.licensing.tokens.vectors.Forge.lastListHeader;
import static ai.coditect.licensing.tokens.vectors.Forge.without;
import static ai.coditect.licensing.tokens.vectors.TestKeys.encode;

import ai.coditect.licensing.tokens.Reason;
import ai.coditect.licensing.tokens.vectors.Draft.Named;
import ai.coditect.licensing.tokens.vectors.TestKeys.Leaf;
import ai.coditect.licensing.tokens.vectors.TestKeys.Root;
import java.util.stream.Stream;

/** A tenant's last list, which revokes everything, beside a token that is valid without it. */
final class LastListVectors {

  private LastListVectors() {}

  static Stream<Named> all() {
    return Stream.of(revoked(), headers(), claims(), agreement(), times()).flatMap(s -> s);
  }

  private static Stream<Named> revoked() {
    return Stream.of(
        vector("revoked-by-the-last-list", "The tenant is over: its root revoked every seat.")
            .lastList(lastList())
            .refused(Reason.REVOKED),
        vector("revoked-borrowed-by-the-last-list", "A borrowed seat of a tenant that is over.")
            .borrowed(Forge.borrowed())
            .lastList(lastList())
            .refused(Reason.REVOKED),
        vector("revoked-by-the-last-list-of-an-old-root", "The root that is pinned beside another.")
            .roots(Root.ACME_NEXT, Root.ACME)
            .lastList(lastList())
            .refused(Reason.REVOKED),
        vector("revoked-by-the-last-list-in-its-last-second", "A second before the list ends.")
            .borrowed(Forge.borrowed())
            .lastList(lastList(c -> ended(c, Forge.NOW + 1)))
            .refused(Reason.REVOKED));
  }

  private static Stream<Named> headers() {
    return Stream.of(
        header("typ-list", "typ of an ordinary list.", "revocations+jwt"),
        header("typ-statement", "typ of a statement.", "keystmt+jwt"),
        header("typ-borrowed", "typ of a borrowed seat's token.", "borrowed-seat+jwt"),
        refused(
            "alg-none",
            "alg none and no signature.",
            Reason.ALGORITHM_NOT_ALLOWED,
            encode(lastListHeader(Root.ACME).replace("PS512", "none"))
                + "."
                + encode(lastListClaims())
                + "."),
        refused(
            "by-a-leaf",
            "Signed by a leaf.",
            Reason.ALGORITHM_NOT_ALLOWED,
            Forge.signed(
                Forge.listHeader().replace("revocations+jwt", "last-revocations+jwt"),
                lastListClaims())),
        refused(
            "by-a-leaf-as-the-root",
            "A leaf's signature under the kid and algorithm of the root.",
            Reason.BAD_SIGNATURE,
            Forge.signed(Leaf.ACME, lastListHeader(Root.ACME), lastListClaims())),
        refused(
            "other-root",
            "Signed by a root that is not pinned.",
            Reason.UNKNOWN_ROOT,
            Forge.statement(Root.OTHER, lastListHeader(Root.OTHER), lastListClaims())),
        refused(
            "other-root-same-kid",
            "Another root's signature under the kid of the pinned one.",
            Reason.BAD_SIGNATURE,
            Forge.statement(Root.OTHER, lastListHeader(Root.ACME), lastListClaims())),
        refused(
            "is-borrowed", "A borrowed seat's token.", Reason.TYPE_NOT_ALLOWED, Forge.borrowed()),
        vector("token-is-last-list", "The last list in place of a borrowed seat's token.")
            .borrowed(lastList())
            .refused(Reason.TYPE_NOT_ALLOWED),
        vector("statement-is-last-list", "The last list in place of the statement.")
            .statement(lastList())
            .refused(Reason.TYPE_NOT_ALLOWED),
        vector("revocations-is-last-list", "The last list in place of one with a statement.")
            .list(lastList())
            .refused(Reason.ALGORITHM_NOT_ALLOWED));
  }

  private static Stream<Named> claims() {
    return Stream.of(
        missing("iss"),
        missing("tenant"),
        missing("iat"),
        missing("exp"),
        refused(
            "exp-float",
            "An end with a fraction of zero.",
            Reason.CLAIM_MALFORMED,
            lastList(c -> c.replace("}", ".0}"))),
        refused(
            "ends-before-it-begins",
            "An end before the beginning.",
            Reason.CLAIM_MALFORMED,
            lastList(c -> ended(c, Forge.LIST_BEGIN - 1))));
  }

  private static Stream<Named> agreement() {
    return Stream.of(
        refused(
            "issuer-of-another",
            "The issuer of another tenant than the claim says.",
            Reason.TENANT_MISMATCH,
            lastList(c -> c.replace("tenant:acme", "tenant:zeta"))),
        refused(
            "of-another-tenant",
            "Genuine, of another tenant than the token's.",
            Reason.TENANT_MISMATCH,
            lastList(c -> c.replace("acme", "zeta"))),
        vector("last-list-not-expected", "Of another tenant than the expected one.")
            .tenant("acme")
            .lastList(lastList(c -> c.replace("acme", "zeta")))
            .refused(Reason.NOT_EXPECTED));
  }

  private static Stream<Named> times() {
    return Stream.of(
        refused(
            "ended",
            "In the second in which the list ends.",
            Reason.LIST_EXPIRED,
            lastList(c -> ended(c, Forge.NOW))),
        refused(
            "early",
            "Three seconds before the list was made.",
            Reason.LIST_NOT_YET_VALID,
            lastList(c -> c.replace("\"iat\":" + Forge.LIST_BEGIN, "\"iat\":" + (Forge.NOW + 3)))));
  }

  private static Named header(String name, String description, String type) {
    return refused(
        name,
        description,
        Reason.TYPE_NOT_ALLOWED,
        Forge.statement(
            Root.ACME,
            lastListHeader(Root.ACME).replace("last-revocations+jwt", type),
            lastListClaims()));
  }

  private static Named missing(String claim) {
    return refused(
        "without-" + claim,
        "No claim " + claim + ".",
        Reason.CLAIM_MISSING,
        lastList(without(claim)));
  }

  private static Named refused(String name, String description, Reason reason, String list) {
    return vector("last-list-" + name, description).lastList(list).refused(reason);
  }

  private static String ended(String claims, long second) {
    return claims.replace("\"exp\":" + Forge.LAST_LIST_END, "\"exp\":" + second);
  }
}
