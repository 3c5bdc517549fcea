package ai.coditect.licensing.tokens.vectors;

import static ai.coditect.licensing.tokens.vectors.Draft.vector;
import static ai.coditect.licensing.tokens.vectors.Forge.borrowed;
import static ai.coditect.licensing.tokens.vectors.Forge.borrowedClaims;
import static ai.coditect.licensing.tokens.vectors.Forge.borrowedHeader;
import static ai.coditect.licensing.tokens.vectors.TestKeys.encode;

import ai.coditect.licensing.tokens.Reason;
import ai.coditect.licensing.tokens.vectors.Draft.Named;
import ai.coditect.licensing.tokens.vectors.TestKeys.Leaf;
import ai.coditect.licensing.tokens.vectors.TestKeys.Root;
import java.util.stream.Stream;

/** Tokens of borrowed seats, which a root signs itself and no statement comes with. */
final class BorrowedVectors {

  private static final long THIRTY_DAYS = 30L * 86_400;
  private static final String EXP = "\"exp\":" + Forge.BORROWED_END;

  private BorrowedVectors() {}

  static Stream<Named> all() {
    return Stream.of(
            valid(), times(), expectations(), headers(), signatures(), confusions(), lists())
        .flatMap(s -> s);
  }

  private static Stream<Named> valid() {
    return Stream.of(
        vector(
                "valid-borrowed",
                "Borrowed for a week, for a verifier that expects its tenant, product and machine.")
            .borrowed(borrowed())
            .tenant("acme")
            .product("cad")
            .hardware(Forge.HARDWARE)
            .valid(),
        vector("valid-borrowed-30-days", "Borrowed for 30 days, the most there may be.")
            .borrowed(ending(Forge.TOKEN_BEGIN + THIRTY_DAYS))
            .valid(),
        vector("valid-borrowed-last-second", "A second before it ends.")
            .borrowed(borrowed())
            .now(Forge.BORROWED_END - 1)
            .valid(),
        vector("valid-borrowed-old-root", "While roots rotate both are pinned: the old one's.")
            .borrowed(borrowed())
            .roots(Root.ACME_NEXT, Root.ACME)
            .valid());
  }

  private static Stream<Named> times() {
    return Stream.of(
        refused(
            "too-long",
            "Lives for 30 days and a second.",
            Reason.BORROWED_TOO_LONG,
            ending(Forge.TOKEN_BEGIN + THIRTY_DAYS + 1)),
        vector("borrowed-ended", "The second in which it ends.")
            .borrowed(borrowed())
            .now(Forge.BORROWED_END)
            .refused(Reason.EXPIRED),
        vector("borrowed-early", "A clock that is three seconds behind its beginning.")
            .borrowed(borrowed())
            .now(Forge.TOKEN_BEGIN - 3)
            .refused(Reason.NOT_YET_VALID),
        refused(
            "ends-before-it-begins",
            "exp before nbf.",
            Reason.CLAIM_MALFORMED,
            ending(Forge.TOKEN_BEGIN - 1)),
        refused(
            "without-exp",
            "No exp.",
            Reason.CLAIM_MISSING,
            borrowed(c -> c.replace(EXP + ",", ""))));
  }

  private static Stream<Named> expectations() {
    return Stream.of(
        vector(
                "borrowed-for-another-tenant",
                "Another tenant's verifier, which pins this root too.")
            .borrowed(borrowed())
            .tenant("globex")
            .refused(Reason.NOT_EXPECTED),
        refused(
            "issuer-of-another",
            "iss of one tenant, tenant of another.",
            Reason.TENANT_MISMATCH,
            borrowed(c -> c.replace("\"tenant\":\"acme\"", "\"tenant\":\"globex\""))),
        vector("borrowed-for-another-product", "For another product.")
            .borrowed(borrowed())
            .product("render")
            .refused(Reason.NOT_EXPECTED),
        vector("borrowed-for-another-machine", "Copied to another machine.")
            .borrowed(borrowed())
            .hardware("workstation-2")
            .refused(Reason.NOT_EXPECTED),
        vector(
                "borrowed-of-another-tenant",
                "Another tenant's root signed for this one; only this one's is pinned.")
            .borrowed(Forge.statement(Root.OTHER, borrowedHeader(Root.OTHER), borrowedClaims()))
            .refused(Reason.UNKNOWN_ROOT));
  }

  private static Stream<Named> headers() {
    return Stream.of(
        header("typ-seat", "typ of a seat token.", "seat+jwt", Reason.TYPE_NOT_ALLOWED),
        header("typ-statement", "typ of a statement.", "keystmt+jwt", Reason.TYPE_NOT_ALLOWED),
        header("typ-list", "typ of a list.", "revocations+jwt", Reason.TYPE_NOT_ALLOWED),
        header(
            "crit",
            "An extension that must be understood.",
            "borrowed-seat+jwt\",\"crit\":[\"exp\"],\"x\":\"",
            Reason.HEADER_NOT_ALLOWED),
        refused(
            "alg-none",
            "alg none and no signature.",
            Reason.ALGORITHM_NOT_ALLOWED,
            encode(borrowedHeader().replace("PS512", "none"))
                + "."
                + encode(borrowedClaims())
                + "."),
        refused(
            "alg-ps256",
            "alg PS256.",
            Reason.ALGORITHM_NOT_ALLOWED,
            Forge.statement(
                Root.ACME, borrowedHeader().replace("PS512", "PS256"), borrowedClaims())));
  }

  private static Stream<Named> signatures() {
    return Stream.of(
        refused(
            "other-root-copied-kid",
            "Another root signed and names the pinned one.",
            Reason.BAD_SIGNATURE,
            Forge.statement(Root.OTHER, borrowedHeader(), borrowedClaims())),
        refused(
            "claims-changed",
            "Claims of a longer life under the signature of a shorter one.",
            Reason.BAD_SIGNATURE,
            swapped()));
  }

  /** One kind of text in place of another. */
  private static Stream<Named> confusions() {
    return Stream.of(
        refused(
            "by-a-leaf",
            "Signed by a leaf, as seat tokens are.",
            Reason.ALGORITHM_NOT_ALLOWED,
            Forge.signed(
                "{\"alg\":\"ES256\",\"typ\":\"borrowed-seat+jwt\",\"kid\":\""
                    + Leaf.ACME.id()
                    + "\"}",
                borrowedClaims())),
        refused(
            "is-seat",
            "A seat token whose statement was left out.",
            Reason.ALGORITHM_NOT_ALLOWED,
            Forge.token()),
        refused(
            "is-statement",
            "A statement in place of the token.",
            Reason.TYPE_NOT_ALLOWED,
            Forge.statement()),
        vector("token-is-borrowed", "A borrowed seat's token beside a statement.")
            .token(borrowed())
            .refused(Reason.ALGORITHM_NOT_ALLOWED),
        vector("statement-is-borrowed", "A borrowed seat's token in place of the statement.")
            .statement(borrowed())
            .refused(Reason.TYPE_NOT_ALLOWED));
  }

  private static Stream<Named> lists() {
    return Stream.of(
        vector("valid-borrowed-not-revoked", "Earlier sessions of this seat are revoked.")
            .borrowed(borrowed())
            .list(Forge.list(c -> c.replace("\"7\":4", "\"7\":3")))
            .valid(),
        vector("revoked-borrowed", "Given back before its time.")
            .borrowed(borrowed())
            .list(Forge.list())
            .refused(Reason.REVOKED));
  }

  private static String ending(long second) {
    return borrowed(c -> c.replace(EXP, "\"exp\":" + second));
  }

  private static String swapped() {
    String[] genuine = borrowed().split("\\.", 3);
    String[] longer = ending(Forge.BORROWED_END + 86_400).split("\\.", 3);
    return genuine[0] + "." + longer[1] + "." + genuine[2];
  }

  private static Named header(String name, String description, String type, Reason reason) {
    String header = borrowedHeader().replace("borrowed-seat+jwt", type);
    return refused(name, description, reason, Forge.statement(Root.ACME, header, borrowedClaims()));
  }

  private static Named refused(String name, String description, Reason reason, String token) {
    return vector("borrowed-" + name, description).borrowed(token).refused(reason);
  }
}
