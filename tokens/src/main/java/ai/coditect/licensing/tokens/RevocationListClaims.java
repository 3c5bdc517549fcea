package ai.coditect.licensing.tokens;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** A revocation list's claims as JSON: the same rules when they are written and when read. */
final class RevocationListClaims {

  private static final String PART = "revocation list";
  private static final String REVOKED = "revoked";
  private static final int MAX_TEXT = 200;
  private static final Pattern SLOT = Pattern.compile("[1-9][0-9]{0,9}");

  private RevocationListClaims() {}

  /**
   * The claims in UTF-8, pools and slots in order.
   *
   * @throws IllegalArgumentException where no verifier would accept them
   */
  static byte[] write(RevocationList list) {
    StringBuilder json = new StringBuilder();
    whose(json.append('{'), list);
    json.append(",\"seq\":").append(list.sequence());
    times(json, list);
    json.append(",\"complete\":").append(list.complete());
    revoked(json.append(",\"revoked\":"), list.revoked());
    return readable(json.append('}').toString(), list, RevocationListClaims::read);
  }

  /**
   * The claims of a tenant's last list.
   *
   * @throws IllegalArgumentException where no verifier would accept them
   */
  static byte[] writeLast(RevocationList list) {
    StringBuilder json = new StringBuilder();
    whose(json.append('{'), list);
    times(json, list);
    return readable(json.append('}').toString(), list, RevocationListClaims::readLast);
  }

  static RevocationList read(Claims claims) throws Refusal {
    String issuer = claims.text("iss", MAX_TEXT);
    RevocationList list =
        new RevocationList(
            claims.text("tenant", MAX_TEXT),
            claims.number("seq", 1, Claims.MAX_NUMBER),
            claims.time("iat"),
            claims.time("exp"),
            claims.flag("complete"),
            revoked(claims.members(REVOKED)),
            false);
    requireCoherent(claims, issuer, list);
    return list;
  }

  /** Of a tenant's last list, which has no sequence and names no seat. */
  static RevocationList readLast(Claims claims) throws Refusal {
    String issuer = claims.text("iss", MAX_TEXT);
    RevocationList list =
        LastRevocationList.of(
            claims.text("tenant", MAX_TEXT), claims.time("iat"), claims.time("exp"));
    requireCoherent(claims, issuer, list);
    return list;
  }

  private static void requireCoherent(Claims claims, String issuer, RevocationList list)
      throws Refusal {
    if (!list.issuedAt().isBefore(list.expiresAt())) {
      throw claims.malformed("exp", "must be after \"iat\"");
    }
    if (!issuer.equals(SeatToken.issuerOf(list.tenant()))) {
      throw new Refusal(Reason.TENANT_MISMATCH, PART + ": \"iss\" is not the issuer of \"tenant\"");
    }
  }

  /** Reads claims, or says why not. */
  @FunctionalInterface
  private interface Reading {
    RevocationList of(Claims claims) throws Refusal;
  }

  private static byte[] readable(String json, RevocationList list, Reading reading) {
    try {
      if (!reading.of(new Claims(PART, StrictJson.read(json))).equals(list)) {
        throw new IllegalArgumentException(PART + ": its claims do not read as they were given");
      }
      return json.getBytes(StandardCharsets.UTF_8);
    } catch (IOException | Refusal e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  private static void whose(StringBuilder json, RevocationList list) {
    text(json.append("\"iss\":"), SeatToken.issuerOf(list.tenant()));
    text(json.append(",\"tenant\":"), list.tenant());
  }

  private static void times(StringBuilder json, RevocationList list) {
    json.append(",\"iat\":").append(list.issuedAt().getEpochSecond());
    json.append(",\"exp\":").append(list.expiresAt().getEpochSecond());
  }

  private static Map<String, Map<Integer, Long>> revoked(Map<String, Object> pools) throws Refusal {
    Map<String, Map<Integer, Long>> revoked = new HashMap<>();
    int slots = 0;
    for (Map.Entry<String, Object> pool : pools.entrySet()) {
      revoked.put(pool.getKey(), slots(pool.getKey(), pool.getValue()));
      slots += revoked.get(pool.getKey()).size();
    }
    if (slots > RevocationList.MAX_SLOTS) {
      throw malformed();
    }
    return revoked;
  }

  private static Map<Integer, Long> slots(String pool, Object value) throws Refusal {
    boolean isNamed = !pool.isEmpty() && Claims.lengthOf(pool) <= MAX_TEXT;
    if (!isNamed || !(value instanceof StrictJson.Members slots)) {
      throw malformed();
    }
    Map<Integer, Long> lowest = new HashMap<>();
    for (Map.Entry<String, Object> slot : slots.byName().entrySet()) {
      lowest.put(slot(slot.getKey()), generation(slot.getValue()));
    }
    return lowest;
  }

  private static int slot(String name) throws Refusal {
    if (!SLOT.matcher(name).matches() || Long.parseLong(name) > Integer.MAX_VALUE) {
      throw malformed();
    }
    return Integer.parseInt(name);
  }

  private static long generation(Object value) throws Refusal {
    long generation =
        switch (value) {
          case Integer i -> i;
          case Long l -> l;
          default -> throw malformed();
        };
    if (generation < 1 || generation > Claims.MAX_NUMBER) {
      throw malformed();
    }
    return generation;
  }

  private static Refusal malformed() {
    return new Refusal(
        Reason.CLAIM_MALFORMED,
        PART
            + ": claim \"revoked\" must map at most "
            + RevocationList.MAX_SLOTS
            + " slots to generations, by pool");
  }

  private static void revoked(StringBuilder json, Map<String, Map<Integer, Long>> revoked) {
    json.append('{');
    String comma = "";
    for (Map.Entry<String, Map<Integer, Long>> pool : new TreeMap<>(revoked).entrySet()) {
      text(json.append(comma), pool.getKey());
      slots(json.append(':'), pool.getValue());
      comma = ",";
    }
    json.append('}');
  }

  private static void slots(StringBuilder json, Map<Integer, Long> lowest) {
    json.append('{');
    String comma = "";
    for (Map.Entry<Integer, Long> slot : new TreeMap<>(lowest).entrySet()) {
      json.append(comma).append('"').append(slot.getKey()).append("\":").append(slot.getValue());
      comma = ",";
    }
    json.append('}');
  }

  private static void text(StringBuilder json, String text) {
    JsonStringEncoder.getInstance().quoteAsString(text, json.append('"'));
    json.append('"');
  }
}
