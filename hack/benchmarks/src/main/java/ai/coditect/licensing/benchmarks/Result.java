package ai.coditect.licensing.benchmarks;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * What was measured.
 *
 * @param callers at once
 * @param warmUp counts for nothing but its failures
 * @param runs after the warm-up
 * @param untilLive of each API process
 * @param untilReady of each API process
 * @param idleBytes resident memory of each API process before any load
 * @param loadedBytes the same after the last run
 * @param processorTime all API processes' together, during the runs
 */
record Result(
    int callers,
    Run warmUp,
    List<Run> runs,
    List<Duration> untilLive,
    List<Duration> untilReady,
    List<Long> idleBytes,
    List<Long> loadedBytes,
    Duration processorTime) {

  /** The head of the table that {@link #markdownRow} is a row of. */
  static String markdownHead() {
    return """
        | API processes | callers | pairs/s | acquire p50 / p99 ms | release p50 / p99 ms | start to live / ready s | RSS idle / loaded MB | API CPU µs per pair |
        |---|---|---|---|---|---|---|---|
        """;
  }

  /** Medians of the runs. */
  String markdownRow() {
    return String.format(
        Locale.ROOT,
        "| %d | %d | %,.0f | %.1f / %.1f | %.1f / %.1f | %.1f / %.1f | %.0f / %.0f | %.0f |%n",
        untilLive.size(),
        callers,
        median(Run::pairsPerSecond),
        acquireMillis(50),
        acquireMillis(99),
        releaseMillis(50),
        releaseMillis(99),
        slowest(untilLive),
        slowest(untilReady),
        megabytes(idleBytes),
        megabytes(loadedBytes),
        processorMicrosPerPair());
  }

  /**
   * How often anything but a granted or returned seat was answered, by what it was, the warm-up
   * included.
   */
  Map<String, Long> failures() {
    Map<String, Long> failures = new TreeMap<>(warmUp.failures());
    runs.forEach(run -> run.failures().forEach((what, n) -> failures.merge(what, n, Long::sum)));
    return failures;
  }

  double median(ToDoubleFunction<Run> value) {
    double[] sorted = runs.stream().mapToDouble(value).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  private double acquireMillis(double percentile) {
    return median(run -> run.acquire().getValueAtPercentile(percentile) / 1e3);
  }

  private double releaseMillis(double percentile) {
    return median(run -> run.release().getValueAtPercentile(percentile) / 1e3);
  }

  private double processorMicrosPerPair() {
    long pairs = runs.stream().mapToLong(run -> run.release().getTotalCount()).sum();
    return processorTime.toNanos() / 1e3 / Math.max(1, pairs);
  }

  private static double slowest(List<Duration> times) {
    return times.stream().mapToLong(Duration::toMillis).max().orElse(0) / 1e3;
  }

  private static double megabytes(List<Long> bytes) {
    return bytes.stream().mapToLong(Long::longValue).max().orElse(0) / 1e6;
  }
}
