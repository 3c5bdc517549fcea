package ai.coditect.licensing.benchmarks;

/**
 * A line of the table in docs/measurements.md.
 *
 * @param measure what was measured
 * @param reached what came out
 * @param aim what should, or a dash
 */
record Row(String measure, String reached, String aim) {

  static final String NO_AIM = "–";

  static Row of(String measure, String reached) {
    return new Row(measure, reached, NO_AIM);
  }

  String markdown(String command) {
    return "| %s | %s | %s | `%s` |%n".formatted(measure, reached, aim, command);
  }
}
