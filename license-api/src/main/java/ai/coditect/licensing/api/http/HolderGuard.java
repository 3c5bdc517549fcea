package ai.coditect.licensing.api.http;

import ai.coditect.licensing.api.bounds.LedgerGate;
import ai.coditect.licensing.api.callers.AuthorizationHeader;
import ai.coditect.licensing.api.callers.Caller;
import ai.coditect.licensing.api.callers.Role;
import ai.coditect.licensing.api.signing.TenantTokens;
import ai.coditect.licensing.stores.ledger.SeatLedger;
import io.javalin.http.Context;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * Lets whoever holds a session keep it and end it: by the session's own seat token, by the bearer
 * token that acquired it, or by its id alone where the Tenant lets a bare licence key acquire; each
 * as often as the rates allow.
 */
final class HolderGuard {

  private static final int QUESTIONS_AT_A_TIME = 2;

  /** On whose account a seat token asks: on the tenant's alone. */
  private static final String NOBODY = "";

  private final CallerGuard callers;
  private final TenantTokens tokens;
  private final SeatLedger ledger;
  private final RateGuard rates;
  private final LedgerGate gate = new LedgerGate(QUESTIONS_AT_A_TIME);

  HolderGuard(CallerGuard callers, TenantTokens tokens, SeatLedger ledger, RateGuard rates) {
    this.callers = callers;
    this.tokens = tokens;
    this.ledger = ledger;
    this.rates = rates;
  }

  /**
   * Requires that the caller holds the session.
   *
   * @throws ProblemException where it does not
   */
  void require(Context ctx, UUID session) {
    Optional<String> seatToken = bearer(ctx).filter(TenantTokens::looksLikeOne);
    boolean holds =
        seatToken.isPresent()
            ? provenBy(seatToken.get(), ctx).equals(session)
            : ofCaller(ctx, List.of(session)).test(session);
    if (!holds) {
      throw new ProblemException(SeatProblems.otherCaller());
    }
  }

  /**
   * Which of the sessions the caller holds.
   *
   * @throws ProblemException where nobody can tell who it is, or it is nobody
   */
  Predicate<UUID> among(Context ctx, Collection<UUID> sessions) {
    if (bearer(ctx).filter(TenantTokens::looksLikeOne).isPresent()) {
      throw new ProblemException(
          CallerGuard.unauthenticated(
              "A seat token speaks for one session: send the bearer token that acquired them."));
    }
    return ofCaller(ctx, sessions);
  }

  private UUID provenBy(String seatToken, Context ctx) {
    UUID session =
        tokens
            .sessionOf(seatToken)
            .orElseThrow(
                () ->
                    new ProblemException(
                        CallerGuard.unauthenticated(
                            "The seat token was not signed for this tenant.")));
    rates.heartbeats(ctx, NOBODY, 1);
    return session;
  }

  private Predicate<UUID> ofCaller(Context ctx, Collection<UUID> sessions) {
    Caller caller = callers.require(ctx, Role.HOLDER);
    rates.heartbeats(ctx, caller.principal(), sessions.size());
    if (caller.principal().isEmpty()) {
      return session -> true;
    }
    Map<UUID, String> principals = gate.ask(() -> ledger.principalsOf(sessions));
    return session -> caller.principal().equals(principals.get(session));
  }

  private static Optional<String> bearer(Context ctx) {
    return CallerGuard.authorization(ctx).flatMap(AuthorizationHeader::bearer);
  }
}
