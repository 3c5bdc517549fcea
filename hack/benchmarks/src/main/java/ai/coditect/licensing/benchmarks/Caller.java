package ai.coditect.licensing.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** One program that takes a seat and gives it back, again and again, over one connection. */
final class Caller {

  static final String ACQUIRE = "acquire";
  static final String RELEASE = "release";

  /** After a failure: a closed loop of refusals would measure, and load, something else. */
  static final Duration PAUSE = Duration.ofMillis(50);

  private final int port;
  private final String licenseKey;
  private final String hardwareId;
  private final Tally tally;
  private final Runnable paired;

  /**
   * @param tally of all callers
   * @param paired told of each seat that was taken and given back
   */
  Caller(int port, String licenseKey, String hardwareId, Tally tally, Runnable paired) {
    this.port = port;
    this.licenseKey = licenseKey;
    this.hardwareId = hardwareId;
    this.tally = tally;
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

  private void pair(HttpConnection connection) throws IOException {
    long start = System.nanoTime();
    Calls.Outcome seat = Calls.acquire(connection, licenseKey, hardwareId);
    long granted = System.nanoTime();
    if (seat.failure().isPresent()) {
      failed(seat.failure().get());
      return;
    }
    tally.timed(ACQUIRE, granted - start);
    Calls.Outcome release = Calls.release(connection, Calls.sessionOf(seat));
    if (release.failure().isPresent()) {
      failed(release.failure().get());
      return;
    }
    tally.timed(RELEASE, System.nanoTime() - granted);
    paired.run();
  }

  private void failed(String what) {
    tally.failed(what);
    LockSupport.parkNanos(PAUSE.toNanos());
  }
}
