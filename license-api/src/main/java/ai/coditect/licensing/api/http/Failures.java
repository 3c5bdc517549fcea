package ai.coditect.licensing.api.http;

import ai.coditect.licensing.api.bounds.BoundedWarning;
import ai.coditect.licensing.api.signing.SigningUnavailableException;
import ai.coditect.licensing.stores.ledger.LedgerUnavailableException;
import com.github.benmanes.caffeine.cache.Ticker;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes a problem of whatever ends a request. */
final class Failures {

  private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

  /** What Javalin calls the path's methods in its answer to another one. */
  private static final String AVAILABLE_METHODS = "availableMethods";

  private final Answers answers;
  private final BoundedWarning ledgerAway;
  private final BoundedWarning signingAway;

  Failures(Answers answers) {
    this.answers = answers;
    Ticker ticker = Ticker.systemTicker();
    this.ledgerAway = new BoundedWarning(LOG, "The ledger is unavailable", ticker);
    this.signingAway = new BoundedWarning(LOG, "Signing is unavailable", ticker);
  }

  void register(RoutesConfig routes) {
    routes.exception(ProblemException.class, (e, ctx) -> answers.problem(ctx, e.problem()));
    routes.exception(LedgerUnavailableException.class, (e, ctx) -> ledgerAway(ctx, e));
    routes.exception(SigningUnavailableException.class, (e, ctx) -> signingAway(ctx, e));
    routes.exception(HttpResponseException.class, (e, ctx) -> framework(ctx, e));
    routes.exception(Exception.class, (e, ctx) -> defect(ctx, e));
  }

  private void ledgerAway(Context ctx, LedgerUnavailableException e) {
    ledgerAway.because(e);
    answers.problem(ctx, SeatProblems.ledgerUnavailable());
  }

  private void signingAway(Context ctx, SigningUnavailableException e) {
    signingAway.because(e);
    answers.problem(ctx, SeatProblems.signingUnavailable());
  }

  /** What Javalin itself refuses. */
  private void framework(Context ctx, HttpResponseException e) {
    switch (e.getStatus()) {
      case 404 ->
          answers.problem(
              ctx, Problem.of(ProblemType.NOT_FOUND, "See /openapi.yaml for what there is."));
      case 405 -> methodNotAllowed(ctx, e);
      case 413 ->
          answers.problem(ctx, Problem.of(ProblemType.BODY_TOO_LARGE, "The body is too large."));
      default -> defect(ctx, e);
    }
  }

  private void methodNotAllowed(Context ctx, HttpResponseException e) {
    Optional.ofNullable(e.getDetails().get(AVAILABLE_METHODS))
        .ifPresent(methods -> ctx.header("Allow", methods));
    answers.problem(
        ctx,
        Problem.of(ProblemType.METHOD_NOT_ALLOWED, "See /openapi.yaml for the path's methods."));
  }

  private void defect(Context ctx, Exception e) {
    LOG.atError().setCause(e).log("A request failed");
    answers.problem(ctx, SeatProblems.internal());
  }
}
