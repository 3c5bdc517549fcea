package ai.coditect.licensing.api.http;

import ai.coditect.licensing.api.seats.HeartbeatResult;
import ai.coditect.licensing.api.seats.Refusal;
import java.time.Clock;
import java.time.Duration;

/** Why a seat was not granted or kept, as problems. */
final class SeatProblems {

  /** Where no lease will end: the pool has no seats until somebody gives it some. */
  private static final Duration RETRY_WITHOUT_SEATS = Duration.ofMinutes(1);

  private static final Duration RETRY_WHERE_AWAY = Duration.ofSeconds(2);

  private final Clock clock;

  SeatProblems(Clock clock) {
    this.clock = clock;
  }

  Problem of(Refusal refusal) {
    return switch (refusal) {
      case Refusal.UnknownKey() ->
          Problem.of(
              ProblemType.UNKNOWN_KEY,
              "No pool of this tenant is opened by this licence key: it was mistyped, replaced or"
                  + " revoked, or is another tenant's.");
      case Refusal.Suspended() -> suspended();
      case Refusal.LicenseExpired() -> expired();
      case Refusal.LicenseNotYetValid(Duration until) ->
          Problem.of(ProblemType.LICENCE_NOT_YET_VALID, "The licence begins later.")
              .retryAfter(until);
      case Refusal.PoolExhausted(Duration until) -> exhausted(until);
      case Refusal.BorrowNotOffered() ->
          Problem.of(
              ProblemType.BORROW_NOT_OFFERED,
              "The LicensePool has no spec.borrow; acquire a seat and keep it by heartbeats.");
      case Refusal.BorrowTooLong(int maxDays) ->
          Problem.of(
              ProblemType.BORROW_TOO_LONG,
              "The pool lends seats for %d days at most; send fewer \"days\", or none."
                  .formatted(maxDays));
      case Refusal.BorrowLimitReached() ->
          Problem.of(
              ProblemType.BORROW_LIMIT,
              "The pool lends no more seats until one is given back; acquire still works while a"
                  + " seat is free.");
      case Refusal.IdempotencyKeyReused() ->
          Problem.of(
              ProblemType.IDEMPOTENCY_KEY_REUSED,
              "Another request was sent with this Idempotency-Key; choose a new one.");
      case Refusal.IdempotentSessionEnded() ->
          Problem.of(
              ProblemType.IDEMPOTENT_SESSION_ENDED,
              "What was granted has ended; acquire with a new Idempotency-Key.");
    };
  }

  static Problem of(HeartbeatResult.NotKept why) {
    return switch (why) {
      case HeartbeatResult.Superseded() ->
          Problem.of(
              ProblemType.GENERATION_SUPERSEDED,
              "The same holder acquired again; go on with that session.");
      case HeartbeatResult.Ended ended -> ended(ended);
      case HeartbeatResult.UnknownSession() -> unknownSession();
      case HeartbeatResult.KeyRevoked() ->
          Problem.of(ProblemType.UNKNOWN_KEY, "The session's licence key was revoked.");
      case HeartbeatResult.Suspended() -> suspended();
      case HeartbeatResult.LicenseExpired() -> expired();
      case HeartbeatResult.LedgerUnavailable() -> ledgerUnavailable();
      case HeartbeatResult.SigningUnavailable() -> signingUnavailable();
      case HeartbeatResult.Failed() -> internal();
    };
  }

  static Problem unknownSession() {
    return Problem.of(ProblemType.UNKNOWN_SESSION, "No such session was ever granted.");
  }

  /** Whether there is such a session is nobody's business but its holder's. */
  static Problem otherCaller() {
    return Problem.of(
        ProblemType.UNKNOWN_SESSION,
        "No such session was granted to the bearer of this token; the session's last signed_token"
            + " proves it as well.");
  }

  static Problem poolNotOpen() {
    return Problem.of(
        ProblemType.POOL_NOT_OPEN,
        "There is no such pool, or its LicensePool does not name this service account in"
            + " spec.serviceAccounts.");
  }

  static Problem ledgerUnavailable() {
    return Problem.of(
            ProblemType.LEDGER_UNAVAILABLE,
            "Nothing can be written now; seats stay held until their tokens end.")
        .retryAfter(RETRY_WHERE_AWAY);
  }

  static Problem signingUnavailable() {
    return Problem.of(
            ProblemType.SIGNING_UNAVAILABLE,
            "No token can be signed now; seats stay held until their tokens end.")
        .retryAfter(RETRY_WHERE_AWAY);
  }

  static Problem overloaded() {
    return Problem.of(
            ProblemType.OVERLOADED, "Too many such calls are answered now; nothing was renewed.")
        .retryAfter(RETRY_WHERE_AWAY);
  }

  static Problem tooManyBorrow() {
    return Problem.of(
            ProblemType.OVERLOADED, "Too many seats are borrowed at this moment; none was lent.")
        .retryAfter(RETRY_WHERE_AWAY);
  }

  static Problem internal() {
    return Problem.of(
        ProblemType.INTERNAL, "The logs tell more under the request's id (X-Request-Id).");
  }

  private Problem exhausted(Duration untilFirstLeaseEnds) {
    return untilFirstLeaseEnds.isPositive()
        ? Problem.of(
                ProblemType.POOL_EXHAUSTED,
                "Every seat of the pool is held; one may come free sooner by release.")
            .freeAfter(untilFirstLeaseEnds, clock.instant())
        : Problem.of(ProblemType.POOL_EXHAUSTED, "The pool has no seats.")
            .retryAfter(RETRY_WITHOUT_SEATS);
  }

  private static Problem ended(HeartbeatResult.Ended ended) {
    String how =
        switch (ended.reason()) {
          case RELEASED -> "The session was released";
          case LEASE_ENDED -> "The session's lease ended without a heartbeat";
          case SUPERSEDED -> "The same holder acquired again, and that seat has ended too";
          case REMOVED -> "The session's pool was taken out of service";
          case FORCED -> "An administrator ended the session";
        };
    return Problem.of(ProblemType.LEASE_ENDED, how + "; acquire again.");
  }

  private static Problem suspended() {
    return Problem.of(
        ProblemType.LICENCE_SUSPENDED, "The tenant is suspended; seats end with their tokens.");
  }

  private static Problem expired() {
    return Problem.of(
        ProblemType.LICENCE_EXPIRED, "The licence has ended; seats end with their tokens.");
  }
}
