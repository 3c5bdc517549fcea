package ai.coditect.licensing.api.http;

import io.javalin.http.Context;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeoutException;

/** Reads a JSON request's body: so much, in so much time. */
final class RequestBody {

  private static final int MAX_BYTES = 64 * 1024;

  /**
   * What is read of a body that is too large, so that a client which sends all before it reads gets
   * its answer instead of a closed connection.
   */
  private static final int MAX_DISCARDED_BYTES = 4 * 1024 * 1024;

  private static final Duration MAX_TIME = Duration.ofSeconds(10);
  private static final String JSON = "application/json";

  private RequestBody() {}

  static byte[] read(Context ctx) {
    requireJson(ctx.contentType());
    try {
      return read(ctx.req().getInputStream());
    } catch (IOException e) {
      throw e.getCause() instanceof TimeoutException ? tooSlow() : cutOff();
    }
  }

  private static byte[] read(InputStream in) throws IOException {
    long deadline = System.nanoTime() + MAX_TIME.toNanos();
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    byte[] buffer = new byte[1024];
    int total = 0;
    int count = in.read(buffer);
    while (count >= 0 && total + count <= MAX_DISCARDED_BYTES) {
      total += count;
      if (total <= MAX_BYTES) {
        body.write(buffer, 0, count);
      }
      if (System.nanoTime() - deadline > 0) {
        throw tooSlow();
      }
      count = in.read(buffer);
    }
    if (total > MAX_BYTES) {
      throw tooLarge();
    }
    return body.toByteArray();
  }

  private static void requireJson(String contentType) {
    String mediaType = contentType == null ? "" : contentType.split(";", 2)[0].strip();
    if (!mediaType.toLowerCase(Locale.ROOT).equals(JSON)) {
      throw new ProblemException(
          Problem.of(
              ProblemType.UNSUPPORTED_MEDIA_TYPE,
              "Send JSON, with the header Content-Type: application/json."));
    }
  }

  private static ProblemException tooLarge() {
    return new ProblemException(
        Problem.of(ProblemType.BODY_TOO_LARGE, "A body may have " + MAX_BYTES + " bytes at most."));
  }

  private static ProblemException cutOff() {
    return new ProblemException(Problem.of(ProblemType.MALFORMED_JSON, "The body was cut off."));
  }

  private static ProblemException tooSlow() {
    return new ProblemException(
        Problem.of(ProblemType.REQUEST_TIMEOUT, "The body did not arrive in time."));
  }
}
