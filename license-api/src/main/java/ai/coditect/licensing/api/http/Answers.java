package ai.coditect.licensing.api.http;

import io.javalin.http.Context;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes answers in the forms the contract knows. */
final class Answers {

  private static final Logger LOG = LoggerFactory.getLogger(Answers.class);
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
    ctx.header("Cache-Control", "no-store").contentType(contentType);
    write(ctx, body);
  }

  /** Answers 200 with a record that any cache may keep for so long. */
  void okFor(Duration maxAge, Context ctx, Object body) {
    ctx.header("Cache-Control", "public, max-age=" + maxAge.toSeconds()).contentType(JSON);
    write(ctx, body);
  }

  private void write(Context ctx, Object body) {
    byte[] bytes = json.write(body);
    try {
      // Not as Javalin's result, which it reads as a stream and looks through the headers for.
      ctx.res().setContentLength(bytes.length);
      ctx.res().getOutputStream().write(bytes);
    } catch (IOException e) {
      LOG.atDebug().addKeyValue("cause", e.toString()).log("The answer was not read to its end");
    }
  }

  /**
   * Answers 200 with an array whose elements are written as they come, so that an answer of a
   * thousand never lies in memory at once.
   */
  void okEach(Context ctx, Iterator<?> elements) {
    ctx.header("Cache-Control", "no-store").contentType(JSON);
    try {
      json.writeEach(ctx.outputStream(), elements);
    } catch (UncheckedIOException e) {
      LOG.atDebug().addKeyValue("cause", e.toString()).log("The answer was not read to its end");
    }
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
    Map<String, Object> body = members(problem);
    body.put("request_id", requestId);
    return body;
  }

  /** A problem's members where it is one of several in an answer. */
  static Map<String, Object> members(Problem problem) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("type", problem.type().urn());
    members.put("title", problem.type().title());
    members.put("status", problem.type().status());
    members.put("detail", problem.detail());
    if (!problem.errors().isEmpty()) {
      members.put("errors", problem.errors());
    }
    problem.retryAfterSeconds().ifPresent(seconds -> members.put("retry_after_seconds", seconds));
    problem
        .earliestFree()
        .ifPresent(
            free -> {
              members.put("earliest_free_at", free.at().toString());
              members.put("earliest_free_in_seconds", free.inSeconds());
            });
    if (!problem.reasons().isEmpty()) {
      members.put("reasons", problem.reasons());
    }
    problem.missingRole().ifPresent(role -> members.put("missing_role", role));
    return members;
  }
}
