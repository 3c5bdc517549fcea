package ai.coditect.licensing.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Map;

/**
 * How often an operator looked at resources of a kind, and how long that took.
 *
 * @param count of the looks
 * @param seconds that all took together
 */
record Reconciles(long count, double seconds) {

  /** As the operator counts them itself. */
  static Reconciles of(MeasuredServer operator, String controller) {
    var metrics = metrics(operator);
    return new Reconciles(
        metrics.sum(
            "operator_sdk_controllers_execution_seconds_count", labels -> isOf(labels, controller)),
        metrics.total(
            "operator_sdk_controllers_execution_seconds_sum", labels -> isOf(labels, controller)));
  }

  static Prometheus metrics(MeasuredServer operator) {
    try (var connection = HttpConnection.open(operator.port())) {
      return Prometheus.of(connection.get("/metrics").body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%,d of %.0f ms", count, seconds / Math.max(1, count) * 1e3);
  }

  private static boolean isOf(Map<String, String> labels, String controller) {
    return labels.getOrDefault("controller", "").contains(controller);
  }
}
