package ai.coditect.licensing.stores.seats;

import ai.coditect.licensing.simulator.Fault;
import ai.coditect.licensing.simulator.Faults;
import ai.coditect.licensing.simulator.Timeline;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * A pod's way to a {@link ModelRedis}, on which messages are lost, late and doubled. Like {@link
 * RedisScripts} it asks nobody for a moment after a failure.
 */
public final class ModelScripts implements Scripts {

  private static final Duration PATIENCE = Duration.ofMillis(500);
  private static final Duration PAUSE = Duration.ofMillis(500);

  /** The length of a loader's name, a UUID. */
  private static final int LOADER = 36;

  private final LuaEngine lua;
  private final ModelRedis redis;
  private final Timeline timeline;
  private final Faults faults;
  private final Random random;
  private long awayUntilNanos;

  private ModelScripts(
      LuaEngine lua, ModelRedis redis, Timeline timeline, Faults faults, Random random) {
    this.lua = lua;
    this.redis = redis;
    this.timeline = timeline;
    this.faults = faults;
    this.random = random;
  }

  /** The real index over this way to Redis. */
  public static SeatIndex index(
      LuaEngine lua, ModelRedis redis, Timeline timeline, Faults faults, Random random) {
    return new RedisSeatIndex(new ModelScripts(lua, redis, timeline, faults, random));
  }

  @Override
  public long number(Script script, String[] keys, String... values) {
    return (Long) ask(script, keys, values);
  }

  @Override
  public List<?> list(Script script, String[] keys, String... values) {
    return (List<?>) ask(script, keys, values);
  }

  private Object ask(Script script, String[] keys, String... values) {
    timeline.at("ask Redis");
    if (timeline.nanos() < awayUntilNanos) {
      throw new SeatIndexUnavailableException("Redis was away a moment ago", null);
    }
    return timeline.elsewhere(
        () -> {
          timeline.pass(Duration.ofNanos(1_000L * random.nextInt(1_000)));
          if (redis.isAway() || faults.strikes(Fault.MESSAGE_TO_REDIS_LOST)) {
            throw away();
          }
          var answer = run(script, keys, values);
          if (faults.strikes(Fault.MESSAGE_TO_REDIS_DUPLICATED)) {
            answer = run(script, keys, values);
          }
          if (faults.strikes(Fault.REPLY_OF_REDIS_LOST)) {
            throw away();
          }
          return answer;
        });
  }

  private SeatIndexUnavailableException away() {
    timeline.pass(PATIENCE);
    awayUntilNanos = timeline.nanos() + PAUSE.toNanos();
    return new SeatIndexUnavailableException("Redis is away", null);
  }

  @Override
  public void remove(String... keys) {
    redis.unlink(keys);
  }

  @Override
  public void tell(Script script, String[] keys, String... values) {
    if (timeline.nanos() < awayUntilNanos || faults.strikes(Fault.MESSAGE_TO_REDIS_LOST)) {
      return;
    }
    if (faults.strikes(Fault.MESSAGE_TO_REDIS_DELAYED)) {
      timeline.spawn(
          "late message",
          () -> {
            timeline.pass(Duration.ofMillis(random.nextInt(15_000)));
            runIfThere(script, keys, values);
          });
    } else {
      runIfThere(script, keys, values);
    }
    if (faults.strikes(Fault.MESSAGE_TO_REDIS_DUPLICATED)) {
      runIfThere(script, keys, values);
    }
  }

  private void runIfThere(Script script, String[] keys, String... values) {
    if (!redis.isAway()) {
      run(script, keys, values);
    }
  }

  private Object run(Script script, String[] keys, String... values) {
    var answer = lua.run(redis, script, keys, values);
    timeline.note(() -> "Redis: " + words(script, values) + " -> " + answer);
    return answer;
  }

  /** With hashes cut short, and without the loaders' names, which are others each time. */
  private static String words(Script script, String... values) {
    return script.text().lines().findFirst().orElse("")
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
