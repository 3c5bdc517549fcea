package ai.coditect.licensing.api.http;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes a problem of what Jetty itself refuses, before any handler of ours sees it. */
final class JettyErrors extends ErrorHandler {

  private static final Logger LOG = LoggerFactory.getLogger(JettyErrors.class);
  private static final String PROBLEM_JSON = "application/problem+json";

  private final Json json;

  JettyErrors(Json json) {
    this.json = json;
  }

  @Override
  public boolean errorPageForMethod(String method) {
    return true;
  }

  @Override
  protected void generateResponse(
      Request request,
      Response response,
      int status,
      String message,
      Throwable cause,
      Callback callback) {
    String requestId = UUID.randomUUID().toString();
    Problem problem = problem(status);
    response.getHeaders().put(RequestAttributes.REQUEST_ID_HEADER, requestId);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, PROBLEM_JSON);
    problem
        .retryAfterSeconds()
        .ifPresent(seconds -> response.getHeaders().put(HttpHeader.RETRY_AFTER, seconds));
    if (problem.type() == ProblemType.INTERNAL) {
      LOG.atError()
          .setCause(cause)
          .addKeyValue("request_id", requestId)
          .addKeyValue("status", status)
          .log("A request failed outside of its handler");
    }
    // Jetty knows statuses that we have no type for, such as 431.
    Map<String, Object> body = Answers.body(problem, requestId);
    body.put("status", status);
    response.write(true, ByteBuffer.wrap(json.write(body)), callback);
  }

  private static Problem problem(int status) {
    return switch (status) {
      case 404 -> Problem.of(ProblemType.NOT_FOUND, "See /openapi.yaml for what there is.");
      case 405 -> Problem.of(ProblemType.METHOD_NOT_ALLOWED, "The method is not known here.");
      case 408 -> Problem.of(ProblemType.REQUEST_TIMEOUT, "The request did not arrive in time.");
      case 413 -> Problem.of(ProblemType.BODY_TOO_LARGE, "The body is too large.");
      case 503 ->
          Problem.of(ProblemType.NOT_READY, "The process is about to end; nothing was done.")
              .retryAfter(Duration.ofSeconds(1));
      default ->
          status < 500
              ? Problem.of(ProblemType.INVALID_REQUEST, "The request is not valid HTTP.")
              : SeatProblems.internal();
    };
  }
}
