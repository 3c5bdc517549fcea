package ai.coditect.licensing.api.http;

import ai.coditect.licensing.api.callers.Caller;
import ai.coditect.licensing.api.callers.Pod;
import ai.coditect.licensing.api.callers.Role;
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
import java.util.Optional;
import java.util.UUID;

/** Acquire, heartbeat, release. */
final class LicenseHandlers {

  private static final String LICENSE_KEY = "license_key";
  private static final String HARDWARE_ID = "hardware_id";
  private static final String POOL = "pool";
  private static final int MAX_LICENSE_KEY = 256;
  private static final int MAX_POOL = 253;
  static final int MAX_HARDWARE_ID = 1024;
  private static final int MAX_INSTANCE = 256;

  private final SeatDesk desk;
  private final CallerGuard callers;
  private final HolderGuard holders;
  private final RateGuard rates;
  private final Denials denials;
  private final RefusedHeartbeats refusedHeartbeats;
  private final SeatMeter meter;
  private final SeatProblems problems;
  private final Json json;
  private final Answers answers;

  LicenseHandlers(
      SeatDesk desk,
      CallerGuard callers,
      HolderGuard holders,
      RateGuard rates,
      Denials denials,
      RefusedHeartbeats refusedHeartbeats,
      SeatMeter meter,
      SeatProblems problems,
      Json json,
      Answers answers) {
    this.desk = desk;
    this.callers = callers;
    this.holders = holders;
    this.rates = rates;
    this.denials = denials;
    this.refusedHeartbeats = refusedHeartbeats;
    this.meter = meter;
    this.problems = problems;
    this.json = json;
    this.answers = answers;
  }

  void acquire(Context ctx) {
    Caller caller = requireCaller(ctx);
    Optional<String> idempotencyKey = IdempotencyKeyHeader.read(ctx);
    JsonFields fields = json.fields(RequestBody.read(ctx));
    Applicant applicant = applicant(fields, caller).calledBy(caller.principal());
    requireRate(ctx, applicant);
    switch (desk.acquire(idempotencyKey.map(applicant::repeatable).orElse(applicant))) {
      case AcquireResult.Acquired(SignedSeat seat) -> {
        count(seat.seat());
        answers.ok(ctx, Acquired.of(seat));
      }
      case AcquireResult.Refused(Optional<String> pool, Refusal why) ->
          throw refused(
              fields.has(POOL) && why instanceof Refusal.UnknownKey
                  ? SeatProblems.poolNotOpen()
                  : problems.of(why),
              pool,
              Optional.of(applicant.holder()));
    }
  }

  void heartbeat(Context ctx) {
    UUID sessionId = sessionId(ctx);
    holders.require(ctx, sessionId);
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
    holders.require(ctx, sessionId);
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

  private Caller requireCaller(Context ctx) {
    try {
      return callers.require(ctx, Role.HOLDER);
    } catch (ProblemException e) {
      throw refused(e.problem());
    }
  }

  private void requireRate(Context ctx, Applicant applicant) {
    try {
      rates.acquire(ctx, applicant.account());
    } catch (ProblemException e) {
      throw refused(e.problem(), Optional.empty(), Optional.of(applicant.holder()));
    }
  }

  private Applicant applicant(JsonFields fields, Caller caller) {
    String instance = fields.optionalText("instance", MAX_INSTANCE);
    if (fields.has(POOL)) {
      return podApplicant(fields, caller, instance);
    }
    String licenseKey = fields.requiredText(LICENSE_KEY, 1, MAX_LICENSE_KEY);
    String hardwareId = fields.requiredText(HARDWARE_ID, 1, MAX_HARDWARE_ID);
    if (hardwareId.startsWith(Pod.HARDWARE_ID_PREFIX)) {
      fields.wrong(HARDWARE_ID, "must not begin as a pod's does, which only its token can name");
    }
    fields.throwIfAnythingIsWrong();
    if (caller.pod().isPresent()) {
      // No issuer that the Tenant names has let it in: its token opens pools that name it.
      throw refused(CallerGuard.poolWanted());
    }
    return desk.applicant(licenseKey, hardwareId, instance);
  }

  /** The pod's token stands for a licence key, and says who the holder is. */
  private Applicant podApplicant(JsonFields fields, Caller caller, String instance) {
    String pool = fields.requiredText(POOL, 1, MAX_POOL);
    if (fields.has(LICENSE_KEY) || fields.has(HARDWARE_ID)) {
      fields.wrong("must have either license_key and hardware_id, or pool");
    }
    fields.throwIfAnythingIsWrong();
    Pod pod = caller.pod().orElseThrow(() -> refused(CallerGuard.podTokenWanted()));
    return desk.applicant(pool, pod, instance);
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
