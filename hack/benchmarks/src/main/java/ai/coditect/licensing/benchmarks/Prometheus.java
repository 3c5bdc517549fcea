package ai.coditect.licensing.benchmarks;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a process says of itself in the text format of Prometheus. */
final class Prometheus {

  private static final Pattern SAMPLE = Pattern.compile("(\\w+)(?:\\{(.*)})? (\\S+)(?: \\d+)?");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

  private final List<Sample> samples;

  private Prometheus(List<Sample> samples) {
    this.samples = samples;
  }

  private record Sample(String name, Map<String, String> labels, double value) {}

  /** Reads it; what is no sample is left out. */
  static Prometheus of(String text) {
    return new Prometheus(text.lines().flatMap(Prometheus::sample).toList());
  }

  /** The sum over all samples of a metric whose labels fit. */
  long sum(String metric, Predicate<Map<String, String>> labels) {
    return Math.round(total(metric, labels));
  }

  /** As {@link #sum}, not rounded. */
  double total(String metric, Predicate<Map<String, String>> labels) {
    return samples.stream()
        .filter(sample -> sample.name().equals(metric) && labels.test(sample.labels()))
        .mapToDouble(Sample::value)
        .sum();
  }

  private static Stream<Sample> sample(String line) {
    var matcher = SAMPLE.matcher(line);
    return matcher.matches()
        ? Stream.of(
            new Sample(
                matcher.group(1),
                labels(matcher.group(2) == null ? "" : matcher.group(2)),
                Double.parseDouble(matcher.group(3).replace("Inf", "Infinity"))))
        : Stream.empty();
  }

  private static Map<String, String> labels(String text) {
    return LABEL
        .matcher(text)
        .results()
        .collect(Collectors.toMap(label -> label.group(1), label -> label.group(2)));
  }
}
