package ai.coditect.licensing.api.http;

import ai.coditect.licensing.api.health.Readiness;
import io.javalin.http.Context;
import java.util.List;

/** For probes and people. */
final class HealthHandlers {

  private static final SeatAnswers.Status OK = new SeatAnswers.Status("ok");

  private final Readiness readiness;
  private final Answers answers;

  HealthHandlers(Readiness readiness, Answers answers) {
    this.readiness = readiness;
    this.answers = answers;
  }

  void live(Context ctx) {
    answers.ok(ctx, OK);
  }

  void ready(Context ctx) {
    List<String> reasons = readiness.reasonsAgainst();
    if (reasons.isEmpty()) {
      answers.ok(ctx, OK);
    } else {
      answers.problem(ctx, Problem.notReady(reasons));
    }
  }
}
