package ai.coditect.licensing.api.metrics;

import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.LongStream;

/** Times HTTP requests, in buckets that a promise can be measured by. */
public final class HttpMeter {

  private static final Duration[] BUCKETS =
      LongStream.of(5, 10, 25, 50, 100, 250, 500, 1000)
          .mapToObj(Duration::ofMillis)
          .toArray(Duration[]::new);

  private final MeterProvider<Timer> requests;

  /** As many as the registry keeps; it takes long to find one. */
  private final Map<Series, Timer> timers = new ConcurrentHashMap<>();

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
    timers.computeIfAbsent(new Series(method, route, status), this::timer).record(time);
  }

  private Timer timer(Series series) {
    return requests.withTags(
        Tags.of(
            "method",
            series.method(),
            "route",
            series.route(),
            "status",
            Integer.toString(series.status())));
  }

  private record Series(String method, String route, int status) {}
}
