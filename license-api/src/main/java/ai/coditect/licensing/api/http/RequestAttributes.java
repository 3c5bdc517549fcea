package ai.coditect.licensing.api.http;

import io.javalin.http.Context;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/** What is known of a request beside what it carries. */
final class RequestAttributes {

  static final String REQUEST_ID_HEADER = "X-Request-Id";
  static final String PROBLEM = "problem";

  private static final String REQUEST_ID = "request-id";
  private static final Pattern USABLE = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  private RequestAttributes() {}

  /** The caller's name for the request where it is usable, else a new one. */
  static String requestId(Context ctx) {
    String known = ctx.attribute(REQUEST_ID);
    if (known != null) {
      return known;
    }
    String id =
        Optional.ofNullable(ctx.header(REQUEST_ID_HEADER))
            .filter(sent -> USABLE.matcher(sent).matches())
            .orElseGet(RequestAttributes::newId);
    ctx.attribute(REQUEST_ID, id);
    return id;
  }

  /** A name in logs, which nobody gains by guessing. */
  private static String newId() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return new UUID(random.nextLong(), random.nextLong()).toString();
  }

  /** The type of the problem that was answered. */
  static Optional<ProblemType> problem(Context ctx) {
    return Optional.ofNullable(ctx.attribute(PROBLEM));
  }
}
