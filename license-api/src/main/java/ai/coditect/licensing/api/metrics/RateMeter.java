package ai.coditect.licensing.api.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;

/** Counts what was held back because too much was asked for in a second. */
public final class RateMeter {

  private final MeterProvider<Counter> refusals;

  public RateMeter(MeterRegistry registry) {
    this.refusals =
        Counter.builder("license.rate.refusals")
            .description("Requests refused with status 429, by budget and whose share was used up")
            .withRegistry(registry);
  }

  /**
   * Counts one.
   *
   * @param budget one of a fixed set
   * @param scope one of a fixed set
   */
  public void refused(String budget, String scope) {
    refusals.withTags("budget", budget, "scope", scope).increment();
  }
}
