package ai.coditect.licensing.api.signing;

import ai.coditect.licensing.stores.ledger.PublishedStatement;
import ai.coditect.licensing.tokens.BorrowedSeat;
import ai.coditect.licensing.tokens.Reason;
import ai.coditect.licensing.tokens.SeatToken;
import ai.coditect.licensing.tokens.Verdict;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Verifies seat tokens that any pod of this tenant signed, by the statements that the ledger keeps.
 */
public final class TenantTokens {

  /**
   * For whoever comes a little late is told that its lease has ended, and not that it is nobody.
   */
  private static final Duration ENDED_BY = Duration.ofMinutes(1);

  private static final Set<String> TYPES = Set.of(SeatToken.TYPE, BorrowedSeat.TYPE);
  private static final int MAX_LEAVES = 1_000;
  private static final int MAX_HEADER_LENGTH = 1_000;

  private final String tenantId;
  private final PublicKeys keys;
  private final Clock clock;
  private final Cache<String, String> statementsByLeaf =
      Caffeine.newBuilder().maximumSize(MAX_LEAVES).build();

  public TenantTokens(String tenantId, PublicKeys keys, Clock clock) {
    this.tenantId = tenantId;
    this.keys = keys;
    this.clock = clock;
  }

  /**
   * What a verifier that has pinned this tenant's roots says of the token.
   *
   * @throws SigningUnavailableException while there is no root
   * @throws ai.coditect.licensing.stores.ledger.LedgerUnavailableException where its key is not
   *     known yet and the ledger is away
   */
  public Verdict verify(String token) {
    Optional<JWSHeader> header = headerOf(token);
    if (header.map(TenantTokens::typeOf).filter(BorrowedSeat.TYPE::equals).isPresent()) {
      return keys.verifier().forTenant(tenantId).verifyBorrowed(token, clock.instant());
    }
    Optional<String> statement = header.map(JWSHeader::getKeyID).flatMap(this::statement);
    if (statement.isEmpty()) {
      return new Verdict.Invalid(Reason.UNKNOWN_LEAF, "token: no statement certifies its key");
    }
    return keys.verifier().forTenant(tenantId).verify(token, statement.get(), clock.instant());
  }

  /**
   * The session that a genuine token is about; empty where it is not genuine, or ended longer than
   * {@link #ENDED_BY} ago.
   *
   * @throws SigningUnavailableException as {@link #verify}
   * @throws ai.coditect.licensing.stores.ledger.LedgerUnavailableException as {@link #verify}
   */
  public Optional<UUID> sessionOf(String token) {
    return switch (verify(token)) {
      case Verdict.Valid(SeatToken claims) -> Optional.of(UUID.fromString(claims.subject()));
      // Told only of a token whose signature and claims are in order.
      case Verdict.Invalid refused when refused.reason() == Reason.EXPIRED -> justEnded(token);
      case Verdict.Invalid _ -> Optional.empty();
    };
  }

  private Optional<UUID> justEnded(String token) {
    try {
      JWTClaimsSet claims = SignedJWT.parse(token).getJWTClaimsSet();
      Instant end = claims.getExpirationTime().toInstant();
      return clock.instant().isBefore(end.plus(ENDED_BY))
          ? Optional.of(UUID.fromString(claims.getSubject()))
          : Optional.empty();
    } catch (ParseException e) {
      return Optional.empty();
    }
  }

  /** Whether the text says of itself that it is a seat token; an issuer's tokens do not. */
  public static boolean looksLikeOne(String token) {
    return headerOf(token).map(TenantTokens::typeOf).filter(TYPES::contains).isPresent();
  }

  private static String typeOf(JWSHeader header) {
    return Objects.toString(header.getType(), "");
  }

  private Optional<String> statement(String leafId) {
    Optional<String> known = Optional.ofNullable(statementsByLeaf.getIfPresent(leafId));
    return known.or(() -> readAgain(leafId));
  }

  private Optional<String> readAgain(String leafId) {
    for (PublishedStatement published : keys.stored()) {
      statementsByLeaf.put(published.leafKeyId(), published.statement());
    }
    return Optional.ofNullable(statementsByLeaf.getIfPresent(leafId));
  }

  /** What the token says of itself; empty where it is no token. */
  private static Optional<JWSHeader> headerOf(String token) {
    int end = token.indexOf('.');
    if (token.length() > SeatToken.MAX_LENGTH || end < 0 || end > MAX_HEADER_LENGTH) {
      return Optional.empty();
    }
    try {
      return Optional.of(JWSHeader.parse(new Base64URL(token.substring(0, end))));
    } catch (ParseException | RuntimeException e) {
      // The parser fails unchecked where a member is null; whatever it fails at is no token.
      return Optional.empty();
    }
  }
}
