package ai.coditect.licensing.api.http;

import ai.coditect.licensing.api.callers.Caller;
import ai.coditect.licensing.api.callers.CallerResult;
import ai.coditect.licensing.api.callers.CurrentCallers;
import ai.coditect.licensing.api.callers.Role;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import java.time.Duration;
import java.util.Optional;

/** Lets callers by who may do what they ask for. */
final class CallerGuard {

  private static final Duration RETRY_WHERE_UNKNOWN = Duration.ofSeconds(5);

  private final CurrentCallers callers;

  CallerGuard(CurrentCallers callers) {
    this.callers = callers;
  }

  /** The handler, for bearers of tokens with the role only. */
  Handler having(Role role, CallerHandler handler) {
    return ctx -> {
      if (authorization(ctx).isEmpty()) {
        throw new ProblemException(
            unauthenticated("Send a bearer token with the role " + role.label() + "."));
      }
      handler.handle(ctx, require(ctx, role));
    };
  }

  /**
   * Who calls, with this role.
   *
   * @throws ProblemException where it has not
   */
  Caller require(Context ctx, Role role) {
    return switch (callers.admit(authorization(ctx))) {
      case CallerResult.Admitted(Caller caller) when caller.has(role) -> caller;
      case CallerResult.Admitted _ -> throw new ProblemException(Problem.missingRole(role.label()));
      case CallerResult.Refused(String detail) ->
          throw new ProblemException(unauthenticated(detail));
      case CallerResult.Unavailable(String detail) ->
          throw new ProblemException(
              Problem.of(ProblemType.AUTHENTICATION_UNAVAILABLE, detail)
                  .retryAfter(RETRY_WHERE_UNKNOWN));
    };
  }

  static Optional<String> authorization(Context ctx) {
    return Optional.ofNullable(ctx.header("Authorization"));
  }

  static Problem unauthenticated(String detail) {
    return Problem.of(ProblemType.AUTHENTICATION_REQUIRED, detail);
  }

  static Problem poolWanted() {
    return unauthenticated(
        "A pod's token opens the pools that name its service account: send \"pool\" in place of"
            + " license_key and hardware_id.");
  }

  static Problem podTokenWanted() {
    return unauthenticated(
        "Without a licence key, send the token of a pod's service account, made for the audience"
            + " urn:coditect:tenant:<tenant id>.");
  }

  /** Answers a caller who may ask. */
  @FunctionalInterface
  interface CallerHandler {
    void handle(Context ctx, Caller caller);
  }
}
