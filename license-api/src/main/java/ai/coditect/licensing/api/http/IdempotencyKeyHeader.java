package ai.coditect.licensing.api.http;

import io.javalin.http.Context;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The caller's name for its request. */
final class IdempotencyKeyHeader {

  private static final String NAME = "Idempotency-Key";
  private static final int MAX_LENGTH = 255;
  private static final Pattern PRINTABLE = Pattern.compile("[ -~]{1," + MAX_LENGTH + "}");

  private IdempotencyKeyHeader() {}

  /**
   * What was sent; empty where nothing was.
   *
   * @throws ProblemException where it is not printable ASCII, too long, or sent twice
   */
  static Optional<String> read(Context ctx) {
    if (ctx.header(NAME) == null) {
      return Optional.empty();
    }
    List<String> sent = Collections.list(ctx.req().getHeaders(NAME));
    if (sent.size() > 1 || !PRINTABLE.matcher(sent.getFirst()).matches()) {
      throw new ProblemException(
          Problem.of(
              ProblemType.INVALID_REQUEST,
              "Send one %s of 1 to %d printable ASCII characters.".formatted(NAME, MAX_LENGTH)));
    }
    return Optional.of(sent.getFirst());
  }
}
