package ai.coditect.licensing.tokens;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import java.math.BigInteger;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Verifies seat tokens without a network, against roots it was given. Immutable and safe for many
 * threads; whatever it is handed, it answers with a verdict and does not throw.
 *
 * <p>A verifier trusts a pinned root to speak for any tenant. Pin one tenant's roots only, or name
 * the tenant with {@link #forTenant}; name the product with {@link #forProduct} and the machine
 * with {@link #forHardware}, or a copy of a token is as good as the token on every other machine.
 *
 * <p>{@code exp} gets no leeway: the seat may be somebody else's two seconds later. Starts get
 * {@link #START_TOLERANCE}, since nothing is lost by accepting a seat that was just granted.
 */
public final class SeatVerifier {

  /** By how much a verifier's clock may be behind the ledger's before a fresh token looks early. */
  public static final Duration START_TOLERANCE = Duration.ofSeconds(2);

  private static final int MIN_ROOT_BITS = 4096;
  private static final JWSAlgorithm ROOT_ALGORITHM = JWSAlgorithm.PS512;
  private static final JWSAlgorithm LEAF_ALGORITHM = JWSAlgorithm.ES256;

  private final Map<String, RSAPublicKey> rootsById;
  private final Optional<String> tenant;
  private final Optional<String> product;
  private final Optional<String> hardwareHash;
  private final Optional<RevocationList> revocations;

  private SeatVerifier(
      Map<String, RSAPublicKey> rootsById,
      Optional<String> tenant,
      Optional<String> product,
      Optional<String> hardwareHash,
      Optional<RevocationList> revocations) {
    this.rootsById = rootsById;
    this.tenant = tenant;
    this.product = product;
    this.hardwareHash = hardwareHash;
    this.revocations = revocations;
  }

  /**
   * A verifier that believes what these roots sign. While a tenant's root rotates there are two.
   *
   * @throws IllegalArgumentException where none is given, or one is weaker than RSA-4096
   */
  public static SeatVerifier pinnedTo(Collection<RSAPublicKey> roots) {
    if (roots.isEmpty()) {
      throw new IllegalArgumentException("Without a pinned root no token can be verified");
    }
    roots.forEach(SeatVerifier::requireStrong);
    return new SeatVerifier(
        roots.stream().collect(Collectors.toUnmodifiableMap(RootKeyId::of, r -> r, (a, b) -> a)),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** As this verifier, but refuses what is for another tenant. */
  public SeatVerifier forTenant(String tenant) {
    return new SeatVerifier(rootsById, Optional.of(tenant), product, hardwareHash, revocations);
  }

  /** As this verifier, but refuses what is for another product. */
  public SeatVerifier forProduct(String product) {
    return new SeatVerifier(rootsById, tenant, Optional.of(product), hardwareHash, revocations);
  }

  /**
   * As this verifier, but refuses what was granted to another machine.
   *
   * @param hardwareId of this machine, exactly as it was sent when the seat was acquired
   */
  public SeatVerifier forHardware(String hardwareId) {
    String hash = SeatToken.hardwareHashOf(hardwareId);
    return new SeatVerifier(rootsById, tenant, product, Optional.of(hash), revocations);
  }

  /**
   * As this verifier, but refuses a token whose seat is on the list, and every token once the list
   * has ended: then a newer one must be fetched.
   *
   * @param list that {@link #verifyRevocations} or {@link #verifyLastRevocations} found valid
   */
  public SeatVerifier withRevocations(RevocationList list) {
    return new SeatVerifier(rootsById, tenant, product, hardwareHash, Optional.of(list));
  }

  /**
   * Verifies a token by the statement that certifies its key.
   *
   * <p>Checks in this order, and answers with the first that fails: the whole statement, then the
   * token's form, header, key, signature, claims, agreement with the statement, expectation, time,
   * and the revocation list, where there is one.
   *
   * @param token JWS compact, {@code typ: seat+jwt}
   * @param statement JWS compact, {@code typ: keystmt+jwt}
   * @param now by this verifier's clock
   */
  public Verdict verify(String token, String statement, Instant now) {
    Objects.requireNonNull(token, "token");
    try {
      return new Verdict.Valid(tokenBy(certified(statement, now), token, now));
    } catch (Refusal refusal) {
      return new Verdict.Invalid(refusal.reason(), refusal.detail());
    }
  }

  /**
   * Verifies the token of a borrowed seat, which no statement comes with.
   *
   * <p>Checks in this order, and answers with the first that fails: the token's form, header, root,
   * signature, claims, length of life, expectation, time, and the revocation list, where there is
   * one.
   *
   * @param token JWS compact, {@code typ: borrowed-seat+jwt}
   * @param now by this verifier's clock
   */
  public Verdict verifyBorrowed(String token, Instant now) {
    Objects.requireNonNull(token, "token");
    try {
      return new Verdict.Valid(borrowed(token, now));
    } catch (Refusal refusal) {
      return new Verdict.Invalid(refusal.reason(), refusal.detail());
    }
  }

  /** Verifies a statement by itself. */
  public StatementVerdict verifyStatement(String statement, Instant now) {
    try {
      return new StatementVerdict.Valid(certified(statement, now).statement());
    } catch (Refusal refusal) {
      return new StatementVerdict.Invalid(refusal.reason(), refusal.detail());
    }
  }

  /**
   * Verifies a revocation list by the statement that certifies its key, in the order of {@link
   * #verify}.
   *
   * @param list JWS compact, {@code typ: revocations+jwt}
   * @param statement as {@code list} came with; it may be another one than a token's
   * @param seen the highest sequence of the tenant's lists that was seen before, or zero. Without
   *     it, whoever is between the verifier and the tenant can bring back an older list for as long
   *     as that list has not ended
   * @param now by this verifier's clock
   */
  public RevocationVerdict verifyRevocations(
      String list, String statement, long seen, Instant now) {
    Objects.requireNonNull(list, "list");
    try {
      return new RevocationVerdict.Valid(listBy(certified(statement, now), list, seen, now));
    } catch (Refusal refusal) {
      return new RevocationVerdict.Invalid(refusal.reason(), refusal.detail());
    }
  }

  /**
   * Verifies a tenant's last list, which no statement comes with and no other list comes after.
   *
   * <p>Checks in this order, and answers with the first that fails: the list's form, header, root,
   * signature, claims, expectation, time.
   *
   * @param list JWS compact, {@code typ: last-revocations+jwt}
   * @param now by this verifier's clock
   */
  public RevocationVerdict verifyLastRevocations(String list, Instant now) {
    Objects.requireNonNull(list, "list");
    try {
      return new RevocationVerdict.Valid(lastList(list, now));
    } catch (Refusal refusal) {
      return new RevocationVerdict.Invalid(refusal.reason(), refusal.detail());
    }
  }

  private record CertifiedLeaf(KeyStatement statement, ECKey key) {}

  private CertifiedLeaf certified(String text, Instant now) throws Refusal {
    CompactJws jws = CompactJws.read("statement", text, KeyStatement.MAX_LENGTH);
    requireSignedByRoot(jws, KeyStatement.TYPE);
    KeyStatementClaims.Terms terms = KeyStatementClaims.terms(jws.claims());
    ECKey leaf = KeyStatementClaims.leaf(jws.claims());
    requireExpected("statement", "tenant", tenant, terms.tenant());
    if (isEarly(terms.notBefore(), now)) {
      throw new Refusal(Reason.STATEMENT_NOT_YET_VALID, "statement: its time has not come");
    }
    if (!now.isBefore(terms.notAfter())) {
      throw new Refusal(Reason.STATEMENT_EXPIRED, "statement: it has ended");
    }
    return new CertifiedLeaf(
        new KeyStatement(
            terms.tenant(),
            leaf.getKeyID(),
            leaf.toJSONObject(),
            terms.notBefore(),
            terms.notAfter()),
        leaf);
  }

  private SeatToken tokenBy(CertifiedLeaf leaf, String text, Instant now) throws Refusal {
    CompactJws jws = CompactJws.read("token", text, SeatToken.MAX_LENGTH);
    requireSigned(jws, SeatToken.TYPE, leaf);
    SeatToken token = SeatTokenClaims.read(jws.claims());
    requireAgreement("token", token.tenant(), token.expiresAt(), leaf.statement());
    requireUsable(token, now);
    return token;
  }

  private SeatToken borrowed(String text, Instant now) throws Refusal {
    CompactJws jws = CompactJws.read("token", text, SeatToken.MAX_LENGTH);
    requireSignedByRoot(jws, BorrowedSeat.TYPE);
    SeatToken token = SeatTokenClaims.read(jws.claims());
    BorrowedSeat.requireWithin(token);
    requireExpected("token", "tenant", tenant, token.tenant());
    requireUsable(token, now);
    return token;
  }

  private void requireUsable(SeatToken token, Instant now) throws Refusal {
    requireExpected("token", "product", product, token.audience());
    requireExpected("token", "machine", hardwareHash, token.hardwareHash());
    if (isEarly(token.notBefore(), now)) {
      throw new Refusal(Reason.NOT_YET_VALID, "token: its time has not come");
    }
    if (!now.isBefore(token.expiresAt())) {
      throw new Refusal(Reason.EXPIRED, "token: it has ended");
    }
    requireNotRevoked(token, now);
  }

  private RevocationList listBy(CertifiedLeaf leaf, String text, long seen, Instant now)
      throws Refusal {
    CompactJws jws = CompactJws.read("revocation list", text, RevocationList.MAX_LENGTH);
    requireSigned(jws, RevocationList.TYPE, leaf);
    RevocationList list = RevocationListClaims.read(jws.claims());
    requireAgreement("revocation list", list.tenant(), list.expiresAt(), leaf.statement());
    requireTimely(list, now);
    if (list.sequence() < seen) {
      throw new Refusal(Reason.LIST_ROLLED_BACK, "revocation list: a later one was seen before");
    }
    return list;
  }

  private RevocationList lastList(String text, Instant now) throws Refusal {
    CompactJws jws = CompactJws.read("revocation list", text, RevocationList.MAX_LENGTH);
    requireSignedByRoot(jws, LastRevocationList.TYPE);
    RevocationList list = RevocationListClaims.readLast(jws.claims());
    requireExpected("revocation list", "tenant", tenant, list.tenant());
    requireTimely(list, now);
    return list;
  }

  private static void requireTimely(RevocationList list, Instant now) throws Refusal {
    if (isEarly(list.issuedAt(), now)) {
      throw new Refusal(Reason.LIST_NOT_YET_VALID, "revocation list: its time has not come");
    }
    requireCurrent(list, now);
  }

  private void requireNotRevoked(SeatToken token, Instant now) throws Refusal {
    if (revocations.isEmpty()) {
      return;
    }
    RevocationList list = revocations.get();
    if (!list.tenant().equals(token.tenant())) {
      throw new Refusal(Reason.TENANT_MISMATCH, "revocation list: it is another tenant's");
    }
    requireCurrent(list, now);
    if (list.revokes(token)) {
      throw new Refusal(Reason.REVOKED, "token: its seat was given back or taken away");
    }
  }

  private static void requireCurrent(RevocationList list, Instant now) throws Refusal {
    if (!now.isBefore(list.expiresAt())) {
      throw new Refusal(Reason.LIST_EXPIRED, "revocation list: it has ended");
    }
  }

  private void requireSignedByRoot(CompactJws jws, String type) throws Refusal {
    jws.requireHeader(ROOT_ALGORITHM.getName(), type);
    RSAPublicKey root = rootsById.get(jws.keyId());
    if (root == null) {
      throw new Refusal(Reason.UNKNOWN_ROOT, jws.part() + ": its root is not pinned");
    }
    requireSignature(jws, ROOT_ALGORITHM, new RSASSAVerifier(root));
  }

  private static void requireSigned(CompactJws jws, String type, CertifiedLeaf leaf)
      throws Refusal {
    jws.requireHeader(LEAF_ALGORITHM.getName(), type);
    if (!jws.keyId().equals(leaf.statement().leafId())) {
      throw new Refusal(Reason.UNKNOWN_LEAF, jws.part() + ": the statement certifies another key");
    }
    requireSignature(jws, LEAF_ALGORITHM, verifierOf(leaf.key()));
  }

  private static void requireAgreement(
      String part, String tenant, Instant expiresAt, KeyStatement statement) throws Refusal {
    if (!tenant.equals(statement.tenant())) {
      throw new Refusal(Reason.TENANT_MISMATCH, part + ": the statement is another tenant's");
    }
    if (expiresAt.isAfter(statement.notAfter())) {
      throw new Refusal(Reason.OUTLIVES_STATEMENT, part + ": ends after its statement");
    }
  }

  private static void requireExpected(
      String part, String what, Optional<String> expected, String actual) throws Refusal {
    if (expected.isPresent() && !expected.get().equals(actual)) {
      throw new Refusal(Reason.NOT_EXPECTED, part + ": is for another " + what);
    }
  }

  private static void requireSignature(CompactJws jws, JWSAlgorithm algorithm, JWSVerifier verifier)
      throws Refusal {
    try {
      if (!verifier.verify(new JWSHeader(algorithm), jws.signingInput(), jws.signature())) {
        throw new Refusal(Reason.BAD_SIGNATURE, jws.part() + ": the signature does not match");
      }
    } catch (JOSEException e) {
      throw new IllegalStateException("This Java cannot verify " + algorithm, e);
    }
  }

  private static JWSVerifier verifierOf(ECKey leaf) {
    try {
      return new ECDSAVerifier(leaf);
    } catch (JOSEException e) {
      throw new IllegalStateException("This Java has no ECDSA with P-256", e);
    }
  }

  private static boolean isEarly(Instant notBefore, Instant now) {
    return notBefore.isAfter(now.plus(START_TOLERANCE));
  }

  private static void requireStrong(RSAPublicKey root) {
    boolean weakExponent = root.getPublicExponent().compareTo(BigInteger.valueOf(65537)) < 0;
    if (root.getModulus().bitLength() < MIN_ROOT_BITS || weakExponent) {
      throw new IllegalArgumentException("A root must be RSA-" + MIN_ROOT_BITS + " or stronger");
    }
  }
}
