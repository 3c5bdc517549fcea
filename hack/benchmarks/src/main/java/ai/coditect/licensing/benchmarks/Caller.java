package ai.coditect.licensing.benchmarks;

import ai.coditect.licensing.benchmarks.HttpConnection.Answer;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/** One program that takes a seat and gives it back, again and again, over one connection. */
final class Caller {

  /** After a failure: a closed loop of refusals would measure, and load, something else. */
  static final Duration PAUSE = Duration.ofMillis(50);

  private static final String PROBLEM = "\"type\":\"urn:coditect:licensing:problem:";
  private static final String SESSION = "\"session_id\":\"";
  private static final int SESSION_LENGTH = 36;
  private static final long HIGHEST_MICROS = TimeUnit.MINUTES.toMicros(1);
  private static final int DIGITS = 3;

  private final int port;
  private final String acquire;
  private final Histogram acquired = new Histogram(HIGHEST_MICROS, DIGITS);
  private final Histogram released = new Histogram(HIGHEST_MICROS, DIGITS);
  private final Map<String, Long> failures = new TreeMap<>();

  Caller(int port, String licenseKey, String hardwareId) {
    this.port = port;
    this.acquire =
        "{\"license_key\":\"" + licenseKey + "\",\"hardware_id\":\"" + hardwareId + "\"}";
  }

  /** Goes on until this value of {@link System#nanoTime}, but tries once at least. */
  void runUntil(long deadline) {
    do {
      try (HttpConnection connection = HttpConnection.open(port)) {
        do {
          pair(connection);
        } while (System.nanoTime() < deadline);
      } catch (IOException e) {
        failed(e.toString());
      }
    } while (System.nanoTime() < deadline);
  }

  void addTo(Histogram allAcquired, Histogram allReleased, Map<String, Long> allFailures) {
    allAcquired.add(acquired);
    allReleased.add(released);
    failures.forEach((what, times) -> allFailures.merge(what, times, Long::sum));
  }

  static Histogram empty() {
    return new Histogram(HIGHEST_MICROS, DIGITS);
  }

  private void pair(HttpConnection connection) throws IOException {
    long start = System.nanoTime();
    Answer seat = connection.post("/api/v1/licenses/acquire", acquire);
    long granted = System.nanoTime();
    if (!isOk("acquire", seat)) {
      return;
    }
    acquired.recordValue(micros(granted - start));
    String release = "{\"session_id\":\"" + sessionOf(seat.body()) + "\"}";
    if (isOk("release", connection.post("/api/v1/licenses/release", release))) {
      released.recordValue(micros(System.nanoTime() - granted));
    }
  }

  private boolean isOk(String what, Answer answer) {
    if (answer.status() != 200) {
      failed(what + " " + answer.status() + problemOf(answer.body()));
    }
    return answer.status() == 200;
  }

  private void failed(String what) {
    failures.merge(what, 1L, Long::sum);
    LockSupport.parkNanos(PAUSE.toNanos());
  }

  /** The last part of the problem's type, after a blank, if the body names one. */
  private static String problemOf(String body) {
    int start = body.indexOf(PROBLEM) + PROBLEM.length();
    int end = body.indexOf('"', start);
    return start < PROBLEM.length() || end < 0 ? "" : " " + body.substring(start, end);
  }

  private static String sessionOf(String body) {
    int start = body.indexOf(SESSION) + SESSION.length();
    return body.substring(start, start + SESSION_LENGTH);
  }

  private static long micros(long nanos) {
    return Math.min(HIGHEST_MICROS, nanos / 1_000);
  }
}
