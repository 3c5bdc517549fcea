package ai.coditect.licensing.api.http;

import ai.coditect.licensing.api.bounds.LedgerGate;
import ai.coditect.licensing.api.callers.Caller;
import ai.coditect.licensing.api.callers.Role;
import ai.coditect.licensing.api.http.Problem.FieldError;
import ai.coditect.licensing.api.http.SeatAnswers.Status;
import ai.coditect.licensing.api.metrics.SeatMeter;
import ai.coditect.licensing.api.seats.ReleaseResult;
import ai.coditect.licensing.api.seats.SeatDesk;
import ai.coditect.licensing.stores.ledger.HeldSeat;
import ai.coditect.licensing.stores.ledger.HeldSeats;
import ai.coditect.licensing.stores.ledger.SeatLedger;
import io.javalin.http.Context;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Who holds what, and the end of a session by an administrator. */
final class SessionHandlers {

  private static final int DEFAULT_LIMIT = 100;
  private static final int MAX_LIMIT = 1_000;
  private static final Pattern LIMIT = Pattern.compile("[1-9][0-9]{0,3}");
  private static final Pattern POOL = Pattern.compile("[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?");
  private static final Pattern AFTER = Pattern.compile("(" + POOL.pattern() + "):([0-9]{1,7})");

  private final SeatLedger ledger;
  private final SeatDesk desk;
  private final SeatMeter meter;
  private final Answers answers;
  // One at a time: others wait for the same connection.
  private final LedgerGate gate = new LedgerGate(1);

  SessionHandlers(SeatLedger ledger, SeatDesk desk, SeatMeter meter, Answers answers) {
    this.ledger = ledger;
    this.desk = desk;
    this.meter = meter;
    this.answers = answers;
  }

  void list(Context ctx, Caller caller) {
    Optional<String> pool = parameter(ctx, "pool", POOL).map(Matcher::group);
    Optional<HeldSeat.Position> after =
        parameter(ctx, "after", AFTER).map(SessionHandlers::position);
    int limit =
        parameter(ctx, "limit", LIMIT)
            .map(Matcher::group)
            .map(Integer::valueOf)
            .orElse(DEFAULT_LIMIT);
    if (limit > MAX_LIMIT) {
      throw wrong("limit");
    }
    HeldSeats held = gate.ask(() -> ledger.heldSeats(pool, after, limit));
    boolean showsIds = caller.has(Role.ADMIN);
    answers.ok(ctx, page(held, showsIds));
  }

  void forceOut(Context ctx, Caller admin) {
    UUID session =
        JsonFields.uuid(ctx.pathParam("session_id")).orElseThrow(SessionHandlers::unknown);
    if (desk.forceOut(session, admin.principal()) == ReleaseResult.UNKNOWN_SESSION) {
      throw unknown();
    }
    meter.forcedOut();
    answers.ok(ctx, new Status("ended"));
  }

  private static ProblemException unknown() {
    return new ProblemException(SeatProblems.unknownSession());
  }

  private static HeldSeat.Position position(Matcher after) {
    return new HeldSeat.Position(after.group(1), Integer.parseInt(after.group(after.groupCount())));
  }

  private static Optional<Matcher> parameter(Context ctx, String name, Pattern pattern) {
    return Optional.ofNullable(ctx.queryParam(name))
        .map(
            value -> {
              Matcher matcher = pattern.matcher(value);
              if (!matcher.matches()) {
                throw wrong(name);
              }
              return matcher;
            });
  }

  private static ProblemException wrong(String parameter) {
    String detail =
        switch (parameter) {
          case "limit" -> "must be a whole number from 1 to " + MAX_LIMIT;
          case "after" -> "must be the \"next\" of the page before";
          default -> "must be the name of a LicensePool";
        };
    return new ProblemException(Problem.invalid(List.of(new FieldError("?" + parameter, detail))));
  }

  private static Map<String, Object> page(HeldSeats held, boolean showsIds) {
    Map<String, Object> page = new LinkedHashMap<>();
    page.put("sessions", held.seats().stream().map(seat -> members(seat, showsIds)).toList());
    held.next().ifPresent(last -> page.put("next", last.poolId() + ":" + last.slot()));
    return page;
  }

  /**
   * Who holds a seat. The session's id is for administrators only: whoever knows it may end the
   * session where bare licence keys acquire.
   */
  private static Map<String, Object> members(HeldSeat seat, boolean showsId) {
    Map<String, Object> members = new LinkedHashMap<>();
    if (showsId) {
      members.put("session_id", seat.sessionId().toString());
    }
    members.put("pool", seat.position().poolId());
    members.put("slot", seat.position().slot());
    members.put("holder", seat.holder());
    members.put("key", seat.key());
    if (!seat.principal().isEmpty()) {
      members.put("principal", seat.principal());
    }
    members.put("acquired_at", seat.acquiredAt().toString());
    members.put("last_heartbeat", seat.lastHeartbeat().toString());
    members.put("lease_until", seat.leaseUntil().toString());
    seat.borrowedUntil().ifPresent(end -> members.put("borrowed_until", end.toString()));
    return members;
  }
}
