package ai.coditect.licensing.benchmarks;

import java.util.List;
import java.util.Map;

/**
 * What a measure found.
 *
 * @param rows for the table
 * @param failures how often anything but what was asked for was answered, by what it was
 */
record Findings(List<Row> rows, Map<String, Long> failures) {

  Findings {
    rows = List.copyOf(rows);
    failures = Map.copyOf(failures);
  }

  /** Nothing that belongs in the table. */
  static Findings none() {
    return new Findings(List.of(), Map.of());
  }
}
