package ai.coditect.licensing.api.metrics;

import ai.coditect.licensing.api.signing.LeafKeeper;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import java.util.concurrent.TimeUnit;

/** Shows how long seats can go on without the key management service. */
public final class SigningMeter {

  private SigningMeter() {}

  /** Measures the keeper's leaf. */
  public static void bind(LeafKeeper leaves, MeterRegistry registry) {
    TimeGauge.builder(
            "license.signing.remaining",
            leaves,
            TimeUnit.SECONDS,
            keeper -> keeper.signsFor().toSeconds())
        .description("How long tokens can be signed without another key statement")
        .strongReference(true)
        .register(registry);
  }
}
