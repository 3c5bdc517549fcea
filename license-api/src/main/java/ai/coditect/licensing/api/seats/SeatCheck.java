package ai.coditect.licensing.api.seats;

import ai.coditect.licensing.api.bounds.LedgerGate;
import ai.coditect.licensing.api.signing.TenantTokens;
import ai.coditect.licensing.stores.ledger.EndReason;
import ai.coditect.licensing.stores.ledger.Seat;
import ai.coditect.licensing.stores.ledger.SeatLedger;
import ai.coditect.licensing.stores.ledger.SessionStanding;
import ai.coditect.licensing.tokens.Reason;
import ai.coditect.licensing.tokens.SeatToken;
import ai.coditect.licensing.tokens.Verdict;
import java.util.Optional;
import java.util.UUID;

/**
 * Tells whether a seat is held now, by the ledger: a token alone verifies on after its seat was
 * given back.
 *
 * <p>Every method throws {@link ai.coditect.licensing.stores.ledger.LedgerUnavailableException}
 * where Postgres is away, or too many ask.
 */
public final class SeatCheck {

  private final SeatLedger ledger;
  private final TenantTokens tokens;
  // Anybody may ask, as often as they like.
  private final LedgerGate gate = new LedgerGate(1);

  public SeatCheck(SeatLedger ledger, TenantTokens tokens) {
    this.ledger = ledger;
    this.tokens = tokens;
  }

  /**
   * Whether the token is genuine and its session holds its seat.
   *
   * @param hardwareId of the machine that must hold it
   * @throws ai.coditect.licensing.api.signing.SigningUnavailableException while the tenant's root
   *     has not been read
   */
  public ValidateResult token(String token, Optional<String> hardwareId) {
    return switch (tokens.verify(token)) {
      case Verdict.Valid(SeatToken claims) ->
          session(UUID.fromString(claims.subject()), hardwareId);
      case Verdict.Invalid refused -> invalid(invalidity(refused.reason()));
    };
  }

  /**
   * Whether the session holds its seat.
   *
   * @param hardwareId of the machine that must hold it
   */
  public ValidateResult session(UUID sessionId, Optional<String> hardwareId) {
    return switch (gate.ask(() -> ledger.standing(sessionId))) {
      case SessionStanding.Held(Seat seat) -> held(seat, hardwareId);
      case SessionStanding.Superseded() -> invalid(Invalidity.GENERATION_SUPERSEDED);
      case SessionStanding.Ended(EndReason reason) -> invalid(invalidity(reason));
      case SessionStanding.Unknown() -> invalid(Invalidity.UNKNOWN_SESSION);
    };
  }

  private static ValidateResult held(Seat seat, Optional<String> hardwareId) {
    boolean elsewhere =
        hardwareId.map(SeatToken::hardwareHashOf).filter(seat.hardwareHash()::equals).isEmpty();
    return hardwareId.isPresent() && elsewhere
        ? invalid(Invalidity.OTHER_HARDWARE)
        : new ValidateResult.Valid(seat);
  }

  private static Invalidity invalidity(Reason reason) {
    return switch (reason) {
      case EXPIRED, STATEMENT_EXPIRED -> Invalidity.TOKEN_EXPIRED;
      case NOT_YET_VALID, STATEMENT_NOT_YET_VALID -> Invalidity.TOKEN_NOT_YET_VALID;
      default -> Invalidity.TOKEN_NOT_GENUINE;
    };
  }

  private static Invalidity invalidity(EndReason reason) {
    return switch (reason) {
      case RELEASED -> Invalidity.RELEASED;
      case SUPERSEDED -> Invalidity.GENERATION_SUPERSEDED;
      case LEASE_ENDED -> Invalidity.LEASE_ENDED;
      case REMOVED -> Invalidity.REMOVED;
      case FORCED -> Invalidity.FORCED;
    };
  }

  private static ValidateResult invalid(Invalidity reason) {
    return new ValidateResult.Invalid(reason);
  }
}
