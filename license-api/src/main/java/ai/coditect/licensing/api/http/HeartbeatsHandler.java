package ai.coditect.licensing.api.http;

import ai.coditect.licensing.api.bounds.Turnstile;
import ai.coditect.licensing.api.http.SeatAnswers.RefusedOne;
import ai.coditect.licensing.api.http.SeatAnswers.RenewedOne;
import ai.coditect.licensing.api.metrics.SeatMeter;
import ai.coditect.licensing.api.seats.HeartbeatResult;
import ai.coditect.licensing.api.seats.SeatDesk;
import ai.coditect.licensing.api.signing.SignedSeat;
import io.javalin.http.Context;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * Many heartbeats in one call. Few such calls are answered at a time, since each takes some hundred
 * kilobytes; the others wait in line with their bodies unread.
 */
final class HeartbeatsHandler {

  static final int CALLS_AT_A_TIME = 16;

  private static final int MAX_BYTES = 1024 * 1024;

  private final Turnstile turnstile;
  private final HolderGuard holders;
  private final SeatDesk desk;
  private final RefusedHeartbeats refused;
  private final SeatMeter meter;
  private final Json json;
  private final Answers answers;

  /**
   * @param patience how long a call waits for its turn
   */
  HeartbeatsHandler(
      Duration patience,
      HolderGuard holders,
      SeatDesk desk,
      RefusedHeartbeats refused,
      SeatMeter meter,
      Json json,
      Answers answers) {
    this.turnstile = new Turnstile(CALLS_AT_A_TIME, patience);
    this.holders = holders;
    this.desk = desk;
    this.refused = refused;
    this.meter = meter;
    this.json = json;
    this.answers = answers;
  }

  void heartbeats(Context ctx) {
    if (!turnstile.enter()) {
      RequestBody.open(ctx, MAX_BYTES).discardRest();
      throw new ProblemException(SeatProblems.overloaded());
    }
    try {
      renew(ctx);
    } finally {
      turnstile.leave();
    }
  }

  private void renew(Context ctx) {
    List<UUID> sessions = SessionList.from(json, RequestBody.open(ctx, MAX_BYTES));
    Predicate<UUID> isHeldByCaller = holders.among(ctx, sessions);
    Iterator<HeartbeatResult> results =
        desk.heartbeats(sessions.stream().filter(isHeldByCaller).toList()).iterator();
    Iterator<Object> each =
        sessions.stream()
            .<Object>map(
                session ->
                    isHeldByCaller.test(session)
                        ? answer(session, results.next())
                        : RefusedOne.of(session, SeatProblems.otherCaller()))
            .iterator();
    answers.okEach(ctx, each);
  }

  private Object answer(UUID session, HeartbeatResult result) {
    return switch (result) {
      case HeartbeatResult.Kept(SignedSeat seat) -> {
        meter.renewed();
        yield RenewedOne.of(seat);
      }
      case HeartbeatResult.NotKept why -> RefusedOne.of(session, refused.problem(session, why));
    };
  }
}
