package ai.coditect.licensing.tokens.vectors;

import static ai.coditect.licensing.tokens.vectors.TestKeys.encode;
import static java.nio.charset.StandardCharsets.UTF_8;

import ai.coditect.licensing.tokens.vectors.TestKeys.Leaf;
import ai.coditect.licensing.tokens.vectors.TestKeys.Root;
import java.time.Instant;
import java.util.HexFormat;
import java.util.function.UnaryOperator;

/**
 * Statements, tokens and lists out of raw text, so that there can be in them what no honest issuer
 * would write. Each step may be replaced; the rest stays genuine.
 */
final class Forge {

  /** When vectors are verified. */
  static final long NOW = Instant.parse("2026-11-22T12:00:00Z").getEpochSecond();

  static final long TOKEN_BEGIN = NOW - 60;
  static final long TOKEN_END = NOW + 300;
  static final long BORROWED_END = TOKEN_BEGIN + 7 * 86_400;
  static final long STATEMENT_BEGIN = NOW - 3_600;
  static final long STATEMENT_END = NOW + 11 * 3_600;
  static final long LIST_BEGIN = NOW - 10;
  static final long LIST_END = NOW + 590;
  static final long LAST_LIST_END = LIST_BEGIN + 31 * 86_400;
  static final long SEQUENCE = 1_795_348_790_000_000L;

  static final String HARDWARE = "workstation-1";

  private static final String STATEMENT = statement(UnaryOperator.identity());

  private Forge() {}

  static String statementHeader() {
    return statementHeader(Root.ACME);
  }

  static String statementHeader(Root root) {
    return "{\"alg\":\"PS512\",\"typ\":\"keystmt+jwt\",\"kid\":\"" + root.id() + "\"}";
  }

  static String statementClaims() {
    return statementClaims(Leaf.ACME);
  }

  static String statementClaims(Leaf leaf) {
    return """
    {"iss":"urn:coditect:tenant:acme","tenant":"acme","iat":%d,"nbf":%d,"exp":%d,"cnf":{"jwk":%s}}"""
        .formatted(STATEMENT_BEGIN, STATEMENT_BEGIN, STATEMENT_END, leaf.jwk());
  }

  static String tokenHeader() {
    return tokenHeader(Leaf.ACME);
  }

  static String tokenHeader(Leaf leaf) {
    return "{\"alg\":\"ES256\",\"typ\":\"seat+jwt\",\"kid\":\"" + leaf.id() + "\"}";
  }

  /** Of slot 7 with generation 3, for the machine that calls itself {@link #HARDWARE}. */
  static String tokenClaims() {
    return """
    {"iss":"urn:coditect:tenant:acme","aud":"cad","sub":"s-1","tenant":"acme","pool":"cad","slot":7,\
    "gen":3,"ent":["mesh","render"],"iat":%d,"nbf":%d,"exp":%d,"jti":"t-1","hwh":"%s"}"""
        .formatted(TOKEN_BEGIN, TOKEN_BEGIN, TOKEN_END, hardwareHash(HARDWARE));
  }

  static String hardwareHash(String hardware) {
    return HexFormat.of().formatHex(TestKeys.digest("SHA-256", hardware));
  }

  static String listHeader() {
    return listHeader(Leaf.ACME);
  }

  static String listHeader(Leaf leaf) {
    return "{\"alg\":\"ES256\",\"typ\":\"revocations+jwt\",\"kid\":\"" + leaf.id() + "\"}";
  }

  /** On which tokens of slot 7 below generation 4 are revoked, and of others. */
  static String listClaims() {
    return """
    {"iss":"urn:coditect:tenant:acme","tenant":"acme","seq":%d,"iat":%d,"exp":%d,"complete":true,\
    "revoked":{"cad":{"1":9,"7":4},"render":{"7":2}}}"""
        .formatted(SEQUENCE, LIST_BEGIN, LIST_END);
  }

  static String statement() {
    return STATEMENT;
  }

  static String statement(UnaryOperator<String> claims) {
    return statement(Root.ACME, statementHeader(), claims.apply(statementClaims()));
  }

  static String statement(Root root, String header, String claims) {
    String text = encode(header) + "." + encode(claims);
    return text + "." + encode(root.sign(text));
  }

  static String token() {
    return token(UnaryOperator.identity());
  }

  static String token(UnaryOperator<String> claims) {
    return signed(tokenHeader(), claims.apply(tokenClaims()));
  }

  static String borrowedHeader() {
    return borrowedHeader(Root.ACME);
  }

  static String borrowedHeader(Root root) {
    return statementHeader(root).replace("keystmt+jwt", "borrowed-seat+jwt");
  }

  /** As {@link #tokenClaims}, for a week. */
  static String borrowedClaims() {
    return tokenClaims().replace("\"exp\":" + TOKEN_END, "\"exp\":" + BORROWED_END);
  }

  static String borrowed() {
    return borrowed(UnaryOperator.identity());
  }

  static String borrowed(UnaryOperator<String> claims) {
    return statement(Root.ACME, borrowedHeader(), claims.apply(borrowedClaims()));
  }

  static String list() {
    return list(UnaryOperator.identity());
  }

  static String list(UnaryOperator<String> claims) {
    return signed(listHeader(), claims.apply(listClaims()));
  }

  static String lastListHeader(Root root) {
    return statementHeader(root).replace("keystmt+jwt", "last-revocations+jwt");
  }

  static String lastListClaims() {
    return """
    {"iss":"urn:coditect:tenant:acme","tenant":"acme","iat":%d,"exp":%d}"""
        .formatted(LIST_BEGIN, LAST_LIST_END);
  }

  static String lastList() {
    return lastList(UnaryOperator.identity());
  }

  static String lastList(UnaryOperator<String> claims) {
    return statement(Root.ACME, lastListHeader(Root.ACME), claims.apply(lastListClaims()));
  }

  /** The same claims but one: it has a name that nobody knows. */
  static UnaryOperator<String> without(String claim) {
    return claims -> claims.replace("\"" + claim + "\":", "\"x\":");
  }

  /** Of a token or a list. */
  static String signed(String header, String claims) {
    return signed(Leaf.ACME, header, claims);
  }

  static String signed(Leaf leaf, String header, String claims) {
    return signed(leaf, header.getBytes(UTF_8), claims.getBytes(UTF_8));
  }

  static String signed(Leaf leaf, byte[] header, byte[] claims) {
    String text = encode(header) + "." + encode(claims);
    return text + "." + encode(leaf.sign(text));
  }
}
