package ai.coditect.licensing.api.http;

import ai.coditect.licensing.api.callers.CallerResult;
import ai.coditect.licensing.api.callers.Callers;
import ai.coditect.licensing.api.metrics.SeatMeter;
import ai.coditect.licensing.api.seats.AcquireResult;
import ai.coditect.licensing.api.seats.Applicant;
import ai.coditect.licensing.api.seats.HeartbeatResult;
import ai.coditect.licensing.api.seats.ReleaseResult;
import ai.coditect.licensing.api.seats.SeatDesk;
import ai.coditect.licensing.api.signing.SignedSeat;
import io.javalin.http.Context;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Acquire, heartbeat, release. */
final class LicenseHandlers {

  private static final int MAX_LICENSE_KEY = 256;
  private static final int MAX_HARDWARE_ID = 1024;
  private static final int MAX_INSTANCE = 256;

  /** Where no lease will end: the pool has no seats until somebody gives it some. */
  private static final Duration RETRY_WITHOUT_SEATS = Duration.ofMinutes(1);

  private final SeatDesk desk;
  private final Callers callers;
  private final SeatMeter meter;
  private final Json json;
  private final Answers answers;

  LicenseHandlers(SeatDesk desk, Callers callers, SeatMeter meter, Json json, Answers answers) {
    this.desk = desk;
    this.callers = callers;
    this.meter = meter;
    this.json = json;
    this.answers = answers;
  }

  void acquire(Context ctx) {
    requireCaller(ctx);
    JsonFields fields = json.fields(RequestBody.read(ctx));
    String licenseKey = fields.requiredText("license_key", 1, MAX_LICENSE_KEY);
    String hardwareId = fields.requiredText("hardware_id", 1, MAX_HARDWARE_ID);
    String instance = fields.optionalText("instance", MAX_INSTANCE);
    fields.throwIfAnythingIsWrong();
    switch (desk.acquire(Applicant.of(licenseKey, hardwareId, instance))) {
      case AcquireResult.Acquired(SignedSeat seat) -> {
        meter.granted();
        answers.ok(ctx, Acquired.of(seat));
      }
      case AcquireResult.RateLimited(Duration retryAfter) ->
          throw refused(
              Problem.of(ProblemType.RATE_LIMITED, "The tenant's acquires per second are used up.")
                  .retryAfter(retryAfter));
      case AcquireResult.UnknownKey() ->
          throw refused(
              Problem.of(ProblemType.UNKNOWN_KEY, "No pool is opened by this licence key."));
      case AcquireResult.Suspended() -> throw refused(suspended());
      case AcquireResult.PoolExhausted(Duration until) -> throw refused(exhausted(until));
    }
  }

  void heartbeat(Context ctx) {
    UUID sessionId = sessionId(ctx);
    switch (desk.heartbeat(sessionId)) {
      case HeartbeatResult.Kept(SignedSeat seat) -> {
        meter.renewed();
        answers.ok(ctx, Renewed.of(seat));
      }
      case HeartbeatResult.Superseded() ->
          throw new ProblemException(
              Problem.of(
                  ProblemType.GENERATION_SUPERSEDED,
                  "The same holder acquired again; go on with that session."));
      case HeartbeatResult.Ended ended -> throw new ProblemException(ended(ended));
      case HeartbeatResult.UnknownSession() -> throw new ProblemException(unknownSession());
      case HeartbeatResult.KeyRevoked() ->
          throw new ProblemException(
              Problem.of(ProblemType.UNKNOWN_KEY, "The session's licence key was revoked."));
      case HeartbeatResult.Suspended() -> throw new ProblemException(suspended());
    }
  }

  void release(Context ctx) {
    UUID sessionId = sessionId(ctx);
    if (desk.release(sessionId) == ReleaseResult.UNKNOWN_SESSION) {
      throw new ProblemException(unknownSession());
    }
    meter.released();
    answers.ok(ctx, new Status("released"));
  }

  private UUID sessionId(Context ctx) {
    JsonFields fields = json.fields(RequestBody.read(ctx));
    UUID sessionId = fields.requiredUuid("session_id");
    fields.throwIfAnythingIsWrong();
    return sessionId;
  }

  private void requireCaller(Context ctx) {
    switch (callers.admit(Optional.ofNullable(ctx.header("Authorization")))) {
      case CallerResult.Admitted() -> {
        // Goes on.
      }
      case CallerResult.Refused(String detail) ->
          throw refused(Problem.of(ProblemType.AUTHENTICATION_REQUIRED, detail));
      case CallerResult.IssuerUnavailable() ->
          throw refused(
              Problem.of(
                      ProblemType.AUTHENTICATION_UNAVAILABLE,
                      "The keys of the bearer token's issuer cannot be fetched now.")
                  .retryAfter(Duration.ofSeconds(5)));
    }
  }

  private ProblemException refused(Problem problem) {
    meter.refused(problem.type().slug());
    return new ProblemException(problem);
  }

  private static Problem exhausted(Duration untilFirstLeaseEnds) {
    return untilFirstLeaseEnds.isPositive()
        ? Problem.of(
                ProblemType.POOL_EXHAUSTED,
                "Every seat of the pool is held; one may come free sooner by release.")
            .retryAfter(untilFirstLeaseEnds)
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
        };
    return Problem.of(ProblemType.LEASE_ENDED, how + "; acquire again.");
  }

  private static Problem unknownSession() {
    return Problem.of(ProblemType.UNKNOWN_SESSION, "No such session was ever granted.");
  }

  private static Problem suspended() {
    return Problem.of(
        ProblemType.LICENSE_SUSPENDED, "The tenant is suspended; seats end with their tokens.");
  }

  /** The answer to acquire. */
  record Acquired(
      UUID sessionId,
      String signedToken,
      String keyStatement,
      String expiresAt,
      long expiresInSeconds,
      long heartbeatAfterSeconds,
      String pool,
      String product,
      List<String> entitlements) {

    static Acquired of(SignedSeat signed) {
      return new Acquired(
          signed.seat().sessionId(),
          signed.token(),
          signed.statement(),
          signed.expiresAt().toString(),
          signed.expiresInSeconds(),
          signed.heartbeatAfterSeconds(),
          signed.seat().poolId(),
          signed.seat().product(),
          signed.seat().entitlements());
    }
  }

  /** The answer to heartbeat. */
  record Renewed(
      String status,
      String expiresAt,
      String signedToken,
      String keyStatement,
      long expiresInSeconds,
      long heartbeatAfterSeconds) {

    static Renewed of(SignedSeat signed) {
      return new Renewed(
          "ok",
          signed.expiresAt().toString(),
          signed.token(),
          signed.statement(),
          signed.expiresInSeconds(),
          signed.heartbeatAfterSeconds());
    }
  }

  /** The answer to release, and of the health routes. */
  record Status(String status) {}
}
