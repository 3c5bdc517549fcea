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

  private static final String SECONDS = "operator_sdk_controllers_execution_reconcile_seconds";

  /** As the operator counts them itself. */
  static Reconciles of(MeasuredServer operator, String kind) {
    var metrics = metrics(operator);
    return new Reconciles(
        metrics.sum(SECONDS + "_count", labels -> isOf(labels, kind)),
        metrics.total(SECONDS + "_sum", labels -> isOf(labels, kind)));
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

  private static boolean isOf(Map<String, String> labels, String kind) {
    return kind.equals(labels.get("resource_kind"));
  }
}
