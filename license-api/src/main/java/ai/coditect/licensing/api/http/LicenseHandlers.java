package ai.coditect.licensing.api.http;

import ai.coditect.licensing.api.callers.CallerResult;
import ai.coditect.licensing.api.callers.Callers;
import ai.coditect.licensing.api.http.SeatAnswers.Acquired;
import ai.coditect.licensing.api.http.SeatAnswers.Renewed;
import ai.coditect.licensing.api.http.SeatAnswers.Status;
import ai.coditect.licensing.api.metrics.SeatMeter;
import ai.coditect.licensing.api.seats.AcquireResult;
import ai.coditect.licensing.api.seats.Applicant;
import ai.coditect.licensing.api.seats.Denials;
import ai.coditect.licensing.api.seats.HeartbeatResult;
import ai.coditect.licensing.api.seats.Refusal;
import ai.coditect.licensing.api.seats.ReleaseResult;
import ai.coditect.licensing.api.seats.SeatDesk;
import ai.coditect.licensing.api.signing.SignedSeat;
import ai.coditect.licensing.stores.ledger.Seat;
import io.javalin.http.Context;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/** Acquire, heartbeat, release. */
final class LicenseHandlers {

  private static final int MAX_LICENSE_KEY = 256;
  static final int MAX_HARDWARE_ID = 1024;
  private static final int MAX_INSTANCE = 256;
  private static final Duration RETRY_WITHOUT_ISSUER = Duration.ofSeconds(5);

  private final SeatDesk desk;
  private final Callers callers;
  private final Denials denials;
  private final RefusedHeartbeats refusedHeartbeats;
  private final SeatMeter meter;
  private final SeatProblems problems;
  private final Json json;
  private final Answers answers;

  LicenseHandlers(
      SeatDesk desk,
      Callers callers,
      Denials denials,
      RefusedHeartbeats refusedHeartbeats,
      SeatMeter meter,
      SeatProblems problems,
      Json json,
      Answers answers) {
    this.desk = desk;
    this.callers = callers;
    this.denials = denials;
    this.refusedHeartbeats = refusedHeartbeats;
    this.meter = meter;
    this.problems = problems;
    this.json = json;
    this.answers = answers;
  }

  void acquire(Context ctx) {
    String principal = requireCaller(ctx);
    Optional<String> idempotencyKey = IdempotencyKeyHeader.read(ctx);
    Applicant applicant = applicant(json.fields(RequestBody.read(ctx)));
    switch (desk.acquire(
        idempotencyKey.map(key -> applicant.repeatable(key, principal)).orElse(applicant))) {
      case AcquireResult.Acquired(SignedSeat seat) -> {
        count(seat.seat());
        answers.ok(ctx, Acquired.of(seat));
      }
      case AcquireResult.Refused(Optional<String> pool, Refusal why) ->
          throw refused(problems.of(why), pool, Optional.of(applicant.holder()));
    }
  }

  void heartbeat(Context ctx) {
    UUID sessionId = sessionId(ctx);
    switch (desk.heartbeat(sessionId)) {
      case HeartbeatResult.Kept(SignedSeat seat) -> {
        meter.renewed();
        answers.ok(ctx, Renewed.of(seat));
      }
      case HeartbeatResult.NotKept why ->
          throw new ProblemException(refusedHeartbeats.problem(sessionId, why));
    }
  }

  void release(Context ctx) {
    // A release is the same however often it is sent, so the key is checked and not kept.
    IdempotencyKeyHeader.read(ctx);
    UUID sessionId = sessionId(ctx);
    if (desk.release(sessionId) == ReleaseResult.UNKNOWN_SESSION) {
      throw new ProblemException(SeatProblems.unknownSession());
    }
    meter.released();
    answers.ok(ctx, new Status("released"));
  }

  private void count(Seat seat) {
    if (seat.isOfNewSession()) {
      meter.granted();
    } else {
      meter.replayed();
    }
  }

  private String requireCaller(Context ctx) {
    return switch (callers.admit(Optional.ofNullable(ctx.header("Authorization")))) {
      case CallerResult.Admitted(String principal) -> principal;
      case CallerResult.Refused(String detail) ->
          throw refused(Problem.of(ProblemType.AUTHENTICATION_REQUIRED, detail));
      case CallerResult.IssuerUnavailable() ->
          throw refused(
              Problem.of(
                      ProblemType.AUTHENTICATION_UNAVAILABLE,
                      "The keys of the bearer token's issuer cannot be fetched now.")
                  .retryAfter(RETRY_WITHOUT_ISSUER));
    };
  }

  private Applicant applicant(JsonFields fields) {
    String licenseKey = fields.requiredText("license_key", 1, MAX_LICENSE_KEY);
    String hardwareId = fields.requiredText("hardware_id", 1, MAX_HARDWARE_ID);
    String instance = fields.optionalText("instance", MAX_INSTANCE);
    fields.throwIfAnythingIsWrong();
    return desk.applicant(licenseKey, hardwareId, instance);
  }

  private UUID sessionId(Context ctx) {
    JsonFields fields = json.fields(RequestBody.read(ctx));
    UUID sessionId = fields.requiredUuid("session_id");
    fields.throwIfAnythingIsWrong();
    return sessionId;
  }

  private ProblemException refused(Problem problem) {
    return refused(problem, Optional.empty(), Optional.empty());
  }

  private ProblemException refused(
      Problem problem, Optional<String> poolId, Optional<String> holder) {
    meter.refused(problem.type().slug());
    denials.refused(poolId, problem.type().slug(), holder);
    return new ProblemException(problem);
  }
}
