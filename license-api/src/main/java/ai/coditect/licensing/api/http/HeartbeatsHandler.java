package ai.coditect.licensing.api.http;

import ai.coditect.licensing.api.http.SeatAnswers.RefusedOne;
import ai.coditect.licensing.api.http.SeatAnswers.RenewedOne;
import ai.coditect.licensing.api.metrics.SeatMeter;
import ai.coditect.licensing.api.seats.HeartbeatResult;
import ai.coditect.licensing.api.seats.SeatDesk;
import ai.coditect.licensing.api.signing.SignedSeat;
import io.javalin.http.Context;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;

/** Many heartbeats in one call. */
final class HeartbeatsHandler {

  private static final int MAX_BYTES = 1024 * 1024;

  private final SeatDesk desk;
  private final SeatMeter meter;
  private final Json json;
  private final Answers answers;

  HeartbeatsHandler(SeatDesk desk, SeatMeter meter, Json json, Answers answers) {
    this.desk = desk;
    this.meter = meter;
    this.json = json;
    this.answers = answers;
  }

  void heartbeats(Context ctx) {
    List<UUID> sessions = SessionList.from(json, RequestBody.open(ctx, MAX_BYTES));
    Iterator<UUID> session = sessions.iterator();
    Iterator<Object> each =
        desk.heartbeats(sessions).map(result -> answer(session.next(), result)).iterator();
    answers.okEach(ctx, each);
  }

  private Object answer(UUID session, HeartbeatResult result) {
    return switch (result) {
      case HeartbeatResult.Kept(SignedSeat seat) -> {
        meter.renewed();
        yield RenewedOne.of(seat);
      }
      case HeartbeatResult.NotKept why -> RefusedOne.of(session, SeatProblems.of(why));
    };
  }
}
