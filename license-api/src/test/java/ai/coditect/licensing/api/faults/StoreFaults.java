package ai.coditect.licensing.api.faults;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;

/** The stores themselves fail, under every pod. */
final class StoreFaults {

  private StoreFaults() {}

  static Optional<String> flushRedis(Scene scene, Pod pod, Random random) {
    return counted(scene.redis().flush(), "keys lost");
  }

  static Optional<String> killRedis(Scene scene, Pod pod, Random random)
      throws InterruptedException {
    Duration away = Duration.ofMillis(random.nextInt(1_000));
    scene.redis().crash(away);
    return Optional.of("away for " + away.toMillis() + " ms");
  }

  /** What changed since the snapshot is forgotten: seats given back look held, held ones free. */
  static Optional<String> restoreRedis(Scene scene, Pod pod, Random random)
      throws InterruptedException {
    scene.redis().takeSnapshot();
    Thread.sleep(random.nextInt(1_000, 2_000));
    return counted(scene.redis().restoreSnapshot(), "old keys");
  }

  static Optional<String> replaceRedis(Scene scene, Pod pod, Random random) {
    scene.redis().replace();
    return Optional.of("empty");
  }

  static Optional<String> redisClockAhead(Scene scene, Pod pod, Random random) {
    return counted(scene.redis().jumpClock(minutes(random)), "ends passed");
  }

  static Optional<String> redisClockBehind(Scene scene, Pod pod, Random random) {
    return counted(scene.redis().jumpClock(minutes(random).negated()), "ends put off");
  }

  static Optional<String> lyingRedis(Scene scene, Pod pod, Random random) {
    return counted(scene.redis().lie(), "held slots look free");
  }

  static Optional<String> restartPostgres(Scene scene, Pod pod, Random random) {
    return disturbing(scene, scene.postgres()::restart);
  }

  static Optional<String> crashPostgres(Scene scene, Pod pod, Random random) {
    return disturbing(scene, scene.postgres()::crash);
  }

  static Optional<String> endBackEnds(Scene scene, Pod pod, Random random) {
    return counted(scene.postgres().endBackEnds(scene.database()), "back ends");
  }

  static Optional<String> killBackEnd(Scene scene, Pod pod, Random random) {
    Instant from = Instant.now();
    boolean fired = scene.postgres().killBackEnd(scene.database());
    scene.disturbances().addToAll(from, Instant.now());
    return fired ? Optional.of("one") : Optional.empty();
  }

  private static Optional<String> disturbing(Scene scene, Runnable fault) {
    Instant from = Instant.now();
    fault.run();
    Instant until = Instant.now();
    scene.disturbances().addToAll(from, until);
    return Optional.of("away for " + Duration.between(from, until).toMillis() + " ms");
  }

  private static Optional<String> counted(long number, String what) {
    return number > 0 ? Optional.of(number + " " + what) : Optional.empty();
  }

  private static Duration minutes(Random random) {
    return Duration.ofSeconds(random.nextInt(60, 600));
  }
}
