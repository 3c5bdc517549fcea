package ai.coditect.licensing.api.http;

import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeoutException;

/**
 * A JSON request's body: so much, in so much time. Reading it ends the request with a problem where
 * it is too large, too slow or cut off.
 */
final class RequestBody extends InputStream {

  private static final int MAX_BYTES = 64 * 1024;

  /**
   * What is read of a body that is too large, so that a client which sends all before it reads gets
   * its answer instead of a closed connection.
   */
  private static final int MAX_DISCARDED_BYTES = 4 * 1024 * 1024;

  private static final Duration MAX_TIME = Duration.ofSeconds(10);
  private static final String JSON = "application/json";

  private final InputStream in;
  private final int maxBytes;
  private final long deadline = System.nanoTime() + MAX_TIME.toNanos();
  private int total;

  private RequestBody(InputStream in, int maxBytes) {
    this.in = in;
    this.maxBytes = maxBytes;
  }

  /** Reads the whole body, 64 KiB at most. */
  static byte[] read(Context ctx) {
    try {
      RequestBody body = open(ctx, MAX_BYTES);
      int told = ctx.contentLength();
      // Where the length is not told, Java reads into 16 KiB.
      return told >= 0 && told <= MAX_BYTES ? body.readNBytes(told) : body.readAllBytes();
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** Begins to read a body of so many bytes at most. */
  static RequestBody open(Context ctx, int maxBytes) {
    requireJson(ctx.contentType());
    try {
      return new RequestBody(ctx.req().getInputStream(), maxBytes);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  @Override
  public int read() {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
  }

  @Override
  public int read(byte[] buffer, int offset, int length) {
    int count = readSome(buffer, offset, length);
    if (total > maxBytes) {
      discardRest();
      throw tooLarge();
    }
    return count;
  }

  /** Reads on to the end, so that whoever still sends can be answered. */
  void discardRest() {
    byte[] buffer = new byte[8 * 1024];
    while (total <= MAX_DISCARDED_BYTES && readSome(buffer, 0, buffer.length) >= 0) {
      // Of no use to anybody.
    }
  }

  private int readSome(byte[] buffer, int offset, int length) {
    try {
      int count = in.read(buffer, offset, length);
      total += Math.max(0, count);
      if (System.nanoTime() - deadline > 0) {
        throw tooSlow();
      }
      return count;
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private static void requireJson(String contentType) {
    if (JSON.equals(contentType)) {
      return;
    }
    String mediaType = contentType == null ? "" : contentType.split(";", 2)[0].strip();
    if (!mediaType.toLowerCase(Locale.ROOT).equals(JSON)) {
      throw new ProblemException(
          Problem.of(
              ProblemType.UNSUPPORTED_MEDIA_TYPE,
              "Send JSON, with the header Content-Type: application/json."));
    }
  }

  private ProblemException tooLarge() {
    return new ProblemException(
        Problem.of(ProblemType.BODY_TOO_LARGE, "A body may have " + maxBytes + " bytes at most."));
  }

  private static ProblemException failed(IOException e) {
    return e.getCause() instanceof TimeoutException
        ? tooSlow()
        : new ProblemException(Problem.of(ProblemType.MALFORMED_JSON, "The body was cut off."));
  }

  private static ProblemException tooSlow() {
    return new ProblemException(
        Problem.of(ProblemType.REQUEST_TIMEOUT, "The body did not arrive in time."));
  }
}
