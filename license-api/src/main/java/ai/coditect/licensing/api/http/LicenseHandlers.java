package ai.coditect.licensing.api.http;

import ai.coditect.licensing.api.bounds.Turnstile;
import ai.coditect.licensing.api.callers.Caller;
import ai.coditect.licensing.api.callers.Pod;
import ai.coditect.licensing.api.callers.Role;
import ai.coditect.licensing.api.http.SeatAnswers.Acquired;
import ai.coditect.licensing.api.http.SeatAnswers.Borrowed;
import ai.coditect.licensing.api.http.SeatAnswers.Renewed;
import ai.coditect.licensing.api.http.SeatAnswers.Status;
import ai.coditect.licensing.api.metrics.SeatMeter;
import ai.coditect.licensing.api.seats.AcquireResult;
import ai.coditect.licensing.api.seats.Applicant;
import ai.coditect.licensing.api.seats.BorrowDesk;
import ai.coditect.licensing.api.seats.BorrowResult;
import ai.coditect.licensing.api.seats.Denials;
import ai.coditect.licensing.api.seats.HeartbeatResult;
import ai.coditect.licensing.api.seats.Refusal;
import ai.coditect.licensing.api.seats.ReleaseResult;
import ai.coditect.licensing.api.seats.SeatDesk;
import ai.coditect.licensing.api.signing.SignedBorrow;
import ai.coditect.licensing.api.signing.SignedSeat;
import ai.coditect.licensing.stores.ledger.Seat;
import ai.coditect.licensing.tokens.BorrowedSeat;
import io.javalin.http.Context;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/** Acquire, heartbeat, release, borrow, return. */
final class LicenseHandlers {

  private static final String LICENSE_KEY = "license_key";
  private static final String HARDWARE_ID = "hardware_id";
  private static final String POOL = "pool";
  private static final int MAX_LICENSE_KEY = 256;
  private static final int MAX_POOL = 253;
  static final int MAX_HARDWARE_ID = 1024;
  private static final int MAX_INSTANCE = 256;
  private static final int MAX_DAYS = (int) BorrowedSeat.MAX_LIFETIME.toDays();
  private static final int BORROWERS_AT_A_TIME = 4;
  private static final Duration BORROWERS_PATIENCE = Duration.ofSeconds(2);

  private final SeatDesk desk;
  private final BorrowDesk borrowDesk;
  private final Turnstile borrowers;
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
      BorrowDesk borrowDesk,
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
    this.borrowDesk = borrowDesk;
    this.borrowers = new Turnstile(BORROWERS_AT_A_TIME, BORROWERS_PATIENCE);
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
          throw refused(fields, applicant, pool, why);
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
    answers.ok(
        ctx,
        switch (desk.release(sessionId)) {
          case RELEASED -> {
            meter.released();
            yield new Status("released");
          }
          case STILL_BORROWED -> new Status("borrowed");
          case UNKNOWN_SESSION -> throw new ProblemException(SeatProblems.unknownSession());
        });
  }

  void borrow(Context ctx) {
    Caller caller = requireCaller(ctx);
    Optional<String> idempotencyKey = IdempotencyKeyHeader.read(ctx);
    JsonFields fields = json.fields(RequestBody.read(ctx));
    OptionalInt days = fields.optionalInt("days", 1, MAX_DAYS);
    Applicant applicant = applicant(fields, caller).calledBy(caller.principal()).borrowing(days);
    requireRate(ctx, applicant);
    switch (lend(idempotencyKey.map(applicant::repeatable).orElse(applicant))) {
      case BorrowResult.Borrowed(SignedBorrow seat) -> {
        count(seat.seat());
        meter.borrowed();
        answers.ok(ctx, Borrowed.of(seat));
      }
      case BorrowResult.Refused(Optional<String> pool, Refusal why) ->
          throw refused(fields, applicant, pool, why);
    }
  }

  /** Few at a time, since each waits for the key management service. */
  private BorrowResult lend(Applicant applicant) {
    if (!borrowers.enter()) {
      throw new ProblemException(SeatProblems.tooManyBorrow());
    }
    try {
      return borrowDesk.borrow(applicant);
    } finally {
      borrowers.leave();
    }
  }

  void giveBack(Context ctx) {
    UUID sessionId = sessionId(ctx);
    holders.require(ctx, sessionId);
    if (desk.giveBack(sessionId) == ReleaseResult.UNKNOWN_SESSION) {
      throw new ProblemException(SeatProblems.unknownSession());
    }
    meter.released();
    answers.ok(ctx, new Status("returned"));
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
      JsonFields fields, Applicant applicant, Optional<String> pool, Refusal why) {
    return refused(
        fields.has(POOL) && why instanceof Refusal.UnknownKey
            ? SeatProblems.poolNotOpen()
            : problems.of(why),
        pool,
        Optional.of(applicant.holder()));
  }

  private ProblemException refused(
      Problem problem, Optional<String> poolId, Optional<String> holder) {
    meter.refused(problem.type().slug());
    denials.refused(poolId, problem.type().slug(), holder);
    return new ProblemException(problem);
  }
}
