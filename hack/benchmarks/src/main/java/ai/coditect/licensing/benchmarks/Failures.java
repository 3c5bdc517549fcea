package ai.coditect.licensing.benchmarks;

import java.util.Map;
import java.util.TreeMap;

/** Adds up what did not go as asked. */
final class Failures {

  private Failures() {}

  static Map<String, Long> of(Runs... parts) {
    Map<String, Long> all = new TreeMap<>();
    for (Runs part : parts) {
      part.failures().forEach((what, times) -> all.merge(what, times, Long::sum));
    }
    return all;
  }
}
