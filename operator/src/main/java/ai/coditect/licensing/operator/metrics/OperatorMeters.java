package ai.coditect.licensing.operator.metrics;

import ai.coditect.licensing.operator.leadership.Term;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.stream.Stream;

/** All that the operator measures of itself. */
public final class OperatorMeters implements AutoCloseable {

  private static final String EXECUTIONS = "operator.sdk.controllers.execution.";
  private static final double[] BUCKETS =
      Stream.of(5, 10, 25, 50, 100, 250, 500, 1000, 5000)
          .mapToDouble(millis -> Duration.ofMillis(millis).toNanos())
          .toArray();

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics gc = new JvmGcMetrics();

  private OperatorMeters() {}

  /** Measures the process from now on, and whether it leads. */
  public static OperatorMeters start(Term term) {
    var meters = new OperatorMeters();
    meters.registry.config().meterFilter(bounded()).meterFilter(bucketed());
    Gauge.builder("licensing.operator.leading", term, it -> it.isRunning() ? 1 : 0)
        .description("1 where this process leads, else 0")
        .strongReference(true)
        .register(meters.registry);
    meters.gc.bindTo(meters.registry);
    new JvmMemoryMetrics().bindTo(meters.registry);
    new JvmThreadMetrics().bindTo(meters.registry);
    new ProcessorMetrics().bindTo(meters.registry);
    new UptimeMetrics().bindTo(meters.registry);
    return meters;
  }

  public MeterRegistry registry() {
    return registry;
  }

  /** As Prometheus reads it. */
  public String scrape() {
    return registry.scrape();
  }

  @Override
  public void close() {
    gc.close();
    registry.close();
  }

  /** The number of attempts has no end, so it is no tag. */
  private static MeterFilter bounded() {
    return MeterFilter.ignoreTags("reconciliations.retries.number", "reconciliations.retries.last");
  }

  private static MeterFilter bucketed() {
    return new MeterFilter() {
      @Override
      public DistributionStatisticConfig configure(Meter.Id id, DistributionStatisticConfig asked) {
        return id.getName().startsWith(EXECUTIONS)
            ? DistributionStatisticConfig.builder()
                .percentilesHistogram(false)
                .percentiles()
                .serviceLevelObjectives(BUCKETS)
                .build()
                .merge(asked)
            : asked;
      }
    };
  }
}
