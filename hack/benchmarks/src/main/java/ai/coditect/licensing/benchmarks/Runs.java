package ai.coditect.licensing.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** Several runs of the same kind. Figures swing from one to the next, so medians are told. */
final class Runs {

  private final List<Run> all = new ArrayList<>();

  void add(Run run) {
    all.add(run);
  }

  double median(ToDoubleFunction<Run> value) {
    return Medians.of(all.stream().mapToDouble(value).toArray());
  }

  /** Milliseconds that this share of acquires took at most. */
  double acquireMillis(double percentile) {
    return median(run -> run.tally().millis(Caller.ACQUIRE, percentile));
  }

  /** Milliseconds that this share of releases took at most. */
  double releaseMillis(double percentile) {
    return median(run -> run.tally().millis(Caller.RELEASE, percentile));
  }

  /** Of all runs. */
  long pairs() {
    return all.stream().mapToLong(Run::pairs).sum();
  }

  /** Of all runs. */
  CpuTimes cpu() {
    return all.stream().map(Run::cpu).reduce(CpuTimes.NONE, CpuTimes::plus);
  }

  /** How often anything but what was asked for was answered, by what it was. */
  static Map<String, Long> failures(Runs... parts) {
    return Tally.failures(Stream.of(parts).flatMap(part -> part.all.stream()).map(Run::tally));
  }
}
