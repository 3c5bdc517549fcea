package ai.coditect.licensing.benchmarks;

import java.time.Duration;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * What some callers saw in some seconds.
 *
 * @param length how long it lasted
 * @param acquire microseconds of each granted acquire
 * @param release microseconds of each release
 * @param failures how often anything else happened, by what it was
 * @param cpu what each part used meanwhile
 */
record Run(
    Duration length,
    Histogram acquire,
    Histogram release,
    Map<String, Long> failures,
    CpuTimes cpu) {

  /** Seats taken and given back. */
  long pairs() {
    return release.getTotalCount();
  }

  /** Seats taken and given back in a second. */
  double pairsPerSecond() {
    return pairs() / (length.toNanos() / 1e9);
  }
}
