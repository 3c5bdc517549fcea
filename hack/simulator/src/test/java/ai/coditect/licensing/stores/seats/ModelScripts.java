package ai.coditect.licensing.stores.seats;

import ai.coditect.licensing.simulator.Fault;
import ai.coditect.licensing.simulator.Faults;
import ai.coditect.licensing.simulator.Timeline;
import ai.coditect.licensing.simulator.Timeline.Host;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * A process's way to a {@link ModelRedis}, on which messages are lost, late and doubled; the others
 * arrive in the order they were sent. Like {@link RedisScripts} it asks nobody for a moment after a
 * failure.
 */
public final class ModelScripts implements Scripts {

  private static final Duration PATIENCE = Duration.ofMillis(300);
  private static final Duration PAUSE = Duration.ofMillis(500);
  private static final Duration REST = Duration.ofMillis(500);

  /** What several scripts begin with. */
  private static final String COMMON = Script.named("slots").text();

  /** The length of a loader's name, a UUID. */
  private static final int LOADER = 36;

  private final LuaEngine lua;
  private final ModelRedis redis;
  private final Timeline timeline;
  private final Host host;
  private final Faults faults;
  private final Random random;
  private long awayUntilNanos;
  private long lastArrivalNanos;

  private ModelScripts(
      LuaEngine lua, ModelRedis redis, Timeline timeline, Host host, Faults faults, Random random) {
    this.lua = lua;
    this.redis = redis;
    this.timeline = timeline;
    this.host = host;
    this.faults = faults;
    this.random = random;
  }

  /** The real index of a process, over this way to Redis. */
  public static SeatIndex index(
      LuaEngine lua, ModelRedis redis, Timeline timeline, Host host, Faults faults, Random random) {
    return new RedisSeatIndex(
        new ModelScripts(lua, redis, timeline, host, faults, random),
        REST,
        new ModelWaiting(timeline, host));
  }

  @Override
  public Duration patience() {
    return PATIENCE;
  }

  @Override
  public CompletableFuture<List<Object>> ask(Script script, String[] keys, String... values) {
    return this.<List<Object>>send(() -> question(script, keys, values));
  }

  @Override
  public CompletableFuture<Long> tell(Script script, String[] keys, String... values) {
    return this.<Long>send(() -> news(script, keys, values));
  }

  @SuppressWarnings("unchecked") // As with the real driver, the caller knows what its script gives.
  private <T> CompletableFuture<T> send(Supplier<Optional<Object>> exchange) {
    if (isAwayForNow()) {
      return CompletableFuture.failedFuture(away());
    }
    var answer = new CompletableFuture<T>();
    var arrival = nextArrival();
    timeline.spawn(
        host + " connection",
        host,
        () -> {
          var found = timeline.elsewhere(() -> arriving(arrival, exchange));
          if (found.isPresent()) {
            answer.complete((T) found.get());
          } else {
            awayUntilNanos = timeline.nanos() + PAUSE.toNanos();
            answer.completeExceptionally(away());
          }
        });
    return answer;
  }

  @Override
  public long number(Script script, String[] keys, String... values) {
    timeline.at("load the index");
    if (isAwayForNow()) {
      throw away();
    }
    var arrival = nextArrival();
    var answer = timeline.elsewhere(() -> arriving(arrival, () -> question(script, keys, values)));
    return (Long) answer.orElseThrow(ModelScripts::away);
  }

  /** Empty where nothing came back in time. */
  private Optional<Object> arriving(long arrivalNanos, Supplier<Optional<Object>> exchange) {
    timeline.pass(Duration.ofNanos(Math.max(0, arrivalNanos - timeline.nanos())));
    var answer = redis.isAway() ? Optional.empty() : exchange.get();
    timeline.pass(answer.isPresent() ? latency() : PATIENCE);
    return answer;
  }

  /** What is lost or late without anybody knowing. */
  private Optional<Object> news(Script script, String[] keys, String[] values) {
    if (faults.strikes(Fault.MESSAGE_TO_REDIS_LOST)) {
      return Optional.of(1L);
    }
    if (faults.strikes(Fault.MESSAGE_TO_REDIS_DELAYED)) {
      runLater(script, keys, values);
      return Optional.of(1L);
    }
    if (faults.strikes(Fault.MESSAGE_TO_REDIS_DUPLICATED)) {
      runLater(script, keys, values);
    }
    return Optional.of(run(script, keys, values));
  }

  private Optional<Object> question(Script script, String[] keys, String[] values) {
    if (faults.strikes(Fault.MESSAGE_TO_REDIS_LOST)) {
      return Optional.empty();
    }
    var answer = run(script, keys, values);
    if (faults.strikes(Fault.MESSAGE_TO_REDIS_DUPLICATED)) {
      answer = run(script, keys, values);
    }
    return faults.strikes(Fault.REPLY_OF_REDIS_LOST) ? Optional.empty() : Optional.of(answer);
  }

  private void runLater(Script script, String[] keys, String[] values) {
    var delay = Duration.ofMillis(random.nextInt(15_000));
    timeline.spawn(
        "late message",
        () -> {
          timeline.pass(delay);
          if (!redis.isAway()) {
            run(script, keys, values);
          }
        });
  }

  private boolean isAwayForNow() {
    return timeline.nanos() < awayUntilNanos;
  }

  private long nextArrival() {
    lastArrivalNanos = Math.max(timeline.nanos() + latency().toNanos(), lastArrivalNanos + 1);
    return lastArrivalNanos;
  }

  private Duration latency() {
    return Duration.ofNanos(1_000L * random.nextInt(500));
  }

  private static SeatIndexUnavailableException away() {
    return new SeatIndexUnavailableException("Redis is away", null);
  }

  @Override
  public void remove(String... keys) {
    redis.unlink(keys);
  }

  private Object run(Script script, String[] keys, String[] values) {
    var answer = lua.run(redis, script, keys, values);
    timeline.note(() -> "Redis: " + words(script, values) + " -> " + answer);
    return answer;
  }

  /** With hashes cut short, and without the loaders' names, which are others each time. */
  private static String words(Script script, String[] values) {
    return script.text().replace(COMMON, "").lines().findFirst().orElse("")
        + Arrays.stream(values)
            .map(value -> value.length() == LOADER ? "loader" : cut(value))
            .collect(Collectors.joining(" ", " (", ")"));
  }

  private static String cut(String value) {
    return value.substring(0, Math.min(8, value.length()));
  }

  @Override
  public void close() {
    // Nothing is open.
  }
}
