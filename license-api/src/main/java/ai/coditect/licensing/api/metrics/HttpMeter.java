package ai.coditect.licensing.api.metrics;

import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.stream.LongStream;

/** Times HTTP requests, in buckets that a promise can be measured by. */
public final class HttpMeter {

  private static final Duration[] BUCKETS =
      LongStream.of(5, 10, 25, 50, 100, 250, 500, 1000)
          .mapToObj(Duration::ofMillis)
          .toArray(Duration[]::new);

  private final MeterProvider<Timer> requests;

  public HttpMeter(MeterRegistry registry) {
    this.requests =
        Timer.builder("http.server.requests")
            .description("HTTP requests")
            .serviceLevelObjectives(BUCKETS)
            .withRegistry(registry);
  }

  /**
   * Counts and times a request.
   *
   * @param method one of a fixed set
   * @param route the path as it is registered, never as it was sent
   */
  public void record(String method, String route, int status, Duration time) {
    requests
        .withTags(Tags.of("method", method, "route", route, "status", Integer.toString(status)))
        .record(time);
  }
}
