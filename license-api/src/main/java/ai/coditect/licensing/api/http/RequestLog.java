package ai.coditect.licensing.api.http;

import ai.coditect.licensing.api.metrics.HttpMeter;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.router.Endpoint;
import java.time.Duration;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** Names each request in the logs, times it, and says how it ended; nothing that it carried. */
final class RequestLog {

  private static final Logger LOG = LoggerFactory.getLogger(RequestLog.class);
  private static final String REQUEST_ID = "request_id";
  private static final String NO_ROUTE = "none";
  private static final String OTHER_METHOD = "other";

  private static final Set<HandlerType> COMMON_METHODS = Set.copyOf(HandlerType.commonHttp());

  private final HttpMeter meter;

  RequestLog(HttpMeter meter) {
    this.meter = meter;
  }

  void begin(Context ctx) {
    String requestId = RequestAttributes.requestId(ctx);
    MDC.put(REQUEST_ID, requestId);
    // Added, since to set one looks through those that are there.
    ctx.res().addHeader(RequestAttributes.REQUEST_ID_HEADER, requestId);
  }

  void answered(Context ctx, float millis) {
    String method = method(ctx);
    String route = route(ctx);
    meter.record(method, route, ctx.statusCode(), Duration.ofNanos((long) (millis * 1e6)));
    if (LOG.isDebugEnabled()) {
      LOG.atDebug()
          .addKeyValue("method", method)
          .addKeyValue("route", route)
          .addKeyValue("status", ctx.statusCode())
          .addKeyValue("problem", RequestAttributes.problem(ctx).map(ProblemType::slug).orElse(""))
          .addKeyValue("millis", millis)
          .log("Answered");
    }
    MDC.remove(REQUEST_ID);
  }

  /** A common method or none of them: a series is kept for ever, and a method is any word. */
  private static String method(Context ctx) {
    return COMMON_METHODS.contains(ctx.method()) ? ctx.method().name() : OTHER_METHOD;
  }

  /** The path as it is registered, so that what is sent makes no new series. */
  private static String route(Context ctx) {
    Endpoint last = ctx.endpoint();
    return last == null || !last.method.isHttpMethod() ? NO_ROUTE : last.path;
  }
}
