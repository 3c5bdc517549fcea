package ai.coditect.licensing.benchmarks;

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

  private static final long HIGHEST_MICROS = TimeUnit.MINUTES.toMicros(1);
  private static final int DIGITS = 3;

  private final int port;
  private final String licenseKey;
  private final String hardwareId;
  private final Runnable paired;
  private final Histogram acquired = empty();
  private final Histogram released = empty();
  private final Map<String, Long> failures = new TreeMap<>();

  /**
   * @param paired told of each seat that was taken and given back
   */
  Caller(int port, String licenseKey, String hardwareId, Runnable paired) {
    this.port = port;
    this.licenseKey = licenseKey;
    this.hardwareId = hardwareId;
    this.paired = paired;
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

  /** For microseconds. */
  static Histogram empty() {
    return new Histogram(HIGHEST_MICROS, DIGITS);
  }

  /** As {@link #empty} takes them. */
  static long micros(long nanos) {
    return Math.clamp(nanos / 1_000, 0, HIGHEST_MICROS);
  }

  private void pair(HttpConnection connection) throws IOException {
    long start = System.nanoTime();
    Calls.Outcome seat = Calls.acquire(connection, licenseKey, hardwareId);
    long granted = System.nanoTime();
    if (seat.failure().isPresent()) {
      failed(seat.failure().get());
      return;
    }
    acquired.recordValue(micros(granted - start));
    Calls.Outcome release = Calls.release(connection, Calls.sessionOf(seat));
    if (release.failure().isPresent()) {
      failed(release.failure().get());
      return;
    }
    released.recordValue(micros(System.nanoTime() - granted));
    paired.run();
  }

  private void failed(String what) {
    failures.merge(what, 1L, Long::sum);
    LockSupport.parkNanos(PAUSE.toNanos());
  }
}
