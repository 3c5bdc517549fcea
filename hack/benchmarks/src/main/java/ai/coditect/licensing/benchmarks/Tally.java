package ai.coditect.licensing.benchmarks;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * How long requests took and how many failed, by what they were. Many callers share one: a
 * histogram for each of them would fill the heap, and collecting it stops everybody for 50 ms.
 */
final class Tally {

  private static final long HIGHEST_MICROS = TimeUnit.MINUTES.toMicros(1);
  private static final int DIGITS = 3;

  private final ConcurrentMap<String, Histogram> micros = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, Long> failures = new ConcurrentHashMap<>();

  /** Counts a request that was answered as it should be. */
  void timed(String what, long nanos) {
    micros
        .computeIfAbsent(what, _ -> new ConcurrentHistogram(HIGHEST_MICROS, DIGITS))
        .recordValue(Math.clamp(nanos / 1_000, 0, HIGHEST_MICROS));
  }

  /** Counts anything else, by what it was. */
  void failed(String what) {
    failures.merge(what, 1L, Long::sum);
  }

  /** How many requests were answered as they should be. */
  long count(String what) {
    var times = micros.get(what);
    return times == null ? 0 : times.getTotalCount();
  }

  /** What this share of the requests took at most; not a number where there was none. */
  double millis(String what, double percentile) {
    return millis(what, times -> times.getValueAtPercentile(percentile));
  }

  /** What the requests took on average; not a number where there was none. */
  double meanMillis(String what) {
    return millis(what, Histogram::getMean);
  }

  /** How often anything but what was asked for was answered, by what it was. */
  Map<String, Long> failures() {
    return new TreeMap<>(failures);
  }

  /** The failures of several, added up. */
  static Map<String, Long> failures(Stream<Tally> tallies) {
    var all = new TreeMap<String, Long>();
    tallies.forEach(tally -> tally.failures.forEach((what, n) -> all.merge(what, n, Long::sum)));
    return all;
  }

  private double millis(String what, ToDoubleFunction<Histogram> value) {
    var times = micros.get(what);
    return times == null ? Double.NaN : value.applyAsDouble(times) / 1e3;
  }
}
