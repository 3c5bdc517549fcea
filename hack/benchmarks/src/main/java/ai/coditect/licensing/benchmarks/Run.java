package ai.coditect.licensing.benchmarks;

import java.time.Duration;

/**
 * What some callers saw in some seconds.
 *
 * @param length how long it lasted
 * @param tally of each granted acquire and each release
 * @param cpu what each part used meanwhile
 */
record Run(Duration length, Tally tally, CpuTimes cpu) {

  /** Seats taken and given back. */
  long pairs() {
    return tally.count(Caller.RELEASE);
  }

  /** Seats taken and given back in a second. */
  double pairsPerSecond() {
    return pairs() / (length.toNanos() / 1e9);
  }
}
