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
 */
record Run(Duration length, Histogram acquire, Histogram release, Map<String, Long> failures) {

  /** Seats taken and given back in a second. */
  double pairsPerSecond() {
    return release.getTotalCount() / (length.toNanos() / 1e9);
  }
}
