package ai.coditect.licensing.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What Locust counted.
 *
 * @param byName one line of its file for each call, and one for all
 */
record LocustFigures(Map<String, Line> byName) {

  /** The name of the line for all calls. */
  static final String ALL = "Aggregated";

  /** One line. */
  record Line(long requests, long failures, double p95Millis, double perSecond) {}

  /** Reads {@code …_stats.csv}. None of the names has a comma or a quotation mark. */
  static LocustFigures read(Path file) {
    try {
      return of(Files.readAllLines(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static LocustFigures of(List<String> lines) {
    List<String> names = Arrays.asList(lines.getFirst().split(",", -1));
    Map<String, Line> byName = new HashMap<>();
    for (String text : lines.subList(1, lines.size())) {
      String[] fields = text.split(",", -1);
      byName.put(
          fields[names.indexOf("Name")],
          new Line(
              Long.parseLong(fields[names.indexOf("Request Count")]),
              Long.parseLong(fields[names.indexOf("Failure Count")]),
              Double.parseDouble(fields[names.indexOf("95%")]),
              Double.parseDouble(fields[names.indexOf("Requests/s")])));
    }
    return new LocustFigures(byName);
  }

  double p95Millis() {
    return byName.get(ALL).p95Millis();
  }

  double perSecond() {
    return byName.get(ALL).perSecond();
  }

  /** The share that went as asked; 0 where there was no such call. */
  double success(String name) {
    Line line = byName.getOrDefault(name, new Line(0, 0, 0, 0));
    return line.requests() == 0 ? 0 : 1 - (double) line.failures() / line.requests();
  }
}
