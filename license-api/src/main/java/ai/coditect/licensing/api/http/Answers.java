package ai.coditect.licensing.api.http;

import io.javalin.http.Context;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes answers in the forms the contract knows. */
final class Answers {

  private static final String JSON = "application/json";
  private static final String PROBLEM_JSON = "application/problem+json";

  private final Json json;

  Answers(Json json) {
    this.json = json;
  }

  /** Answers 200 with a record, or a map, that no cache may keep. */
  void ok(Context ctx, Object body) {
    ok(ctx, JSON, body);
  }

  void ok(Context ctx, String contentType, Object body) {
    ctx.header("Cache-Control", "no-store").contentType(contentType).result(json.write(body));
  }

  void problem(Context ctx, Problem problem) {
    ctx.attribute(RequestAttributes.PROBLEM, problem.type());
    problem
        .retryAfterSeconds()
        .ifPresent(seconds -> ctx.header("Retry-After", Long.toString(seconds)));
    if (problem.type() == ProblemType.AUTHENTICATION_REQUIRED) {
      ctx.header("WWW-Authenticate", "Bearer realm=\"licences\"");
    }
    ctx.status(problem.type().status())
        .header("Cache-Control", "no-store")
        .contentType(PROBLEM_JSON)
        .result(json.write(body(problem, RequestAttributes.requestId(ctx))));
  }

  /** A problem's members; {@code requestId} names the request in the logs. */
  static Map<String, Object> body(Problem problem, String requestId) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("type", problem.type().urn());
    body.put("title", problem.type().title());
    body.put("status", problem.type().status());
    body.put("detail", problem.detail());
    body.put("request_id", requestId);
    if (!problem.errors().isEmpty()) {
      body.put("errors", problem.errors());
    }
    problem.retryAfterSeconds().ifPresent(seconds -> body.put("retry_after_seconds", seconds));
    if (!problem.reasons().isEmpty()) {
      body.put("reasons", problem.reasons());
    }
    return body;
  }
}
