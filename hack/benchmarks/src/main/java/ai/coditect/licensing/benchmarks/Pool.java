package ai.coditect.licensing.benchmarks;

import java.time.Duration;

/**
 * A pool of seats.
 *
 * @param lease how long a seat is held without a heartbeat
 */
record Pool(String name, int seats, Duration lease) {

  private static final Duration USUAL_LEASE = Duration.ofMinutes(6);

  /** With the usual lease. */
  static Pool of(String name, int seats) {
    return new Pool(name, seats, USUAL_LEASE);
  }

  /** The key that opens it. */
  String licenseKey() {
    return "lk_" + name;
  }
}
