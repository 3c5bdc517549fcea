package ai.coditect.licensing.simulator;

import ai.coditect.licensing.simulator.World.Licence;
import ai.coditect.licensing.stores.ledger.ModelRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Breaks whole parts at random instants; what hits single messages and statements is elsewhere. */
final class Nemesis {

  private static final List<Fault> ITS_OWN =
      List.of(
          Fault.REDIS_FLUSHED,
          Fault.REDIS_RESTORED_FROM_AN_OLDER_SNAPSHOT,
          Fault.REDIS_AWAY,
          Fault.REDIS_CLOCK_JUMPED,
          Fault.POSTGRES_RESTARTED,
          Fault.SLOT_LOCKED_BY_A_STRANGER,
          Fault.POD_PAUSED_PAST_A_LEASE,
          Fault.POD_PAUSED_BRIEFLY,
          Fault.POD_KILLED,
          Fault.TENANT_SUSPENDED,
          Fault.KEY_REVOKED,
          Fault.LICENSE_ENDED);

  /** Where a pod is caught: in the middle of what, in this order, it does for a seat. */
  static final List<String> STEPS =
      List.of(
          "ask Redis",
          "load the index",
          "read the pool",
          "read live slots",
          "wait for a writer",
          "begin",
          "lock pools alone",
          "look",
          "lock slots",
          "who is beyond the limit",
          "count",
          "lock free slots",
          "lock what ended beyond the limit",
          "read history",
          "require the pools as they were",
          "write slots",
          "end sessions",
          "commit",
          "is the pool full",
          "hear the ledger",
          "read earlier grants",
          "write the audit",
          "remember requests",
          "look for ended leases",
          "answer");

  /** Of these, those at which a pod is seldom, and not for long. */
  private static final List<String> RARE =
      List.of(
          "load the index",
          "read the pool",
          "lock pools alone",
          "lock slots",
          "who is beyond the limit",
          "count",
          "lock what ended beyond the limit");

  private static final Duration AMBUSH = Duration.ofSeconds(8);

  private final World world;
  private final List<Pod> pods;
  private final Map<String, Long> killedAt = new TreeMap<>();
  private boolean isOver;

  Nemesis(World world, List<Pod> pods) {
    this.world = world;
    this.pods = pods;
  }

  void live() {
    var possible = ITS_OWN.stream().filter(world.faults::mayStrike).toList();
    while (!isOver) {
      world.timeline.pass(world.between(Duration.ofMillis(100), Duration.ofSeconds(4)));
      if (world.random.nextInt(3) == 0) {
        world.redis.takeSnapshot();
      }
      if (!possible.isEmpty() && !isOver) {
        strike(possible.get(world.random.nextInt(possible.size())));
      }
    }
  }

  private void strike(Fault fault) {
    world.timeline.at(fault.name());
    world.faults.count(fault);
    switch (fault) {
      case REDIS_FLUSHED -> world.redis.flush();
      case REDIS_RESTORED_FROM_AN_OLDER_SNAPSHOT -> world.redis.restoreSnapshot();
      case REDIS_AWAY ->
          world.redis.goAway(world.between(Duration.ofMillis(100), Duration.ofSeconds(8)));
      case REDIS_CLOCK_JUMPED ->
          world.redis.jumpClock(world.between(Duration.ofMinutes(-5), Duration.ofMinutes(5)));
      case POSTGRES_RESTARTED ->
          world.postgres.restart(world.between(Duration.ZERO, Duration.ofSeconds(3)));
      case SLOT_LOCKED_BY_A_STRANGER ->
          world.timeline.spawn(
              "stranger",
              () ->
                  world.postgres.lockSomeSlot(
                      world.between(Duration.ofMillis(50), Duration.ofSeconds(1))));
      case POD_PAUSED_PAST_A_LEASE ->
          caught().pause(world.between(World.LEASE, World.LEASE.multipliedBy(2)));
      case POD_PAUSED_BRIEFLY ->
          caught().pause(world.between(Duration.ofMillis(10), Duration.ofSeconds(3)));
      case POD_KILLED -> kill(caught());
      case TENANT_SUSPENDED -> suspend();
      case KEY_REVOKED -> revoke();
      case LICENSE_ENDED -> endLicence();
      default -> throw new IllegalArgumentException("Not its own: " + fault);
    }
  }

  /** The first pod that comes to some step; any pod, where none does so soon. */
  private Pod caught() {
    var steps = world.random.nextInt(4) == 0 ? RARE : STEPS;
    var step = steps.get(world.random.nextInt(steps.size()));
    world.timeline.await(() -> pods.stream().anyMatch(pod -> pod.isAt(step)), AMBUSH);
    return pods.stream()
        .filter(pod -> pod.isAt(step))
        .findFirst()
        .orElseGet(() -> pods.get(world.random.nextInt(pods.size())));
  }

  private void kill(Pod pod) {
    if (!pod.isUp()) {
      return;
    }
    pod.kill().forEach(step -> killedAt.merge(step, 1L, Long::sum));
    world.timeline.spawn(
        "restart of " + pod,
        () -> {
          world.timeline.pass(world.between(Duration.ofMillis(100), Duration.ofSeconds(5)));
          pod.start();
        });
  }

  private void suspend() {
    world.postgres.suspend(true);
    world.timeline.pass(world.between(Duration.ofMillis(100), Duration.ofSeconds(6)));
    world.postgres.suspend(false);
  }

  private void revoke() {
    var registry = new ModelRegistry(world.postgres);
    var key = World.applicant("").licenseKeySha256Hex();
    registry.revoke(World.POOL, key, true);
    world.timeline.pass(world.between(Duration.ofMillis(100), Duration.ofSeconds(6)));
    registry.revoke(World.POOL, key, false);
  }

  /** Late enough that no lease of before goes beyond it. */
  private void endLicence() {
    var registry = new ModelRegistry(world.postgres);
    var end =
        world
            .timeline
            .now()
            .plus(world.between(World.LEASE.multipliedBy(2), World.LEASE.multipliedBy(3)));
    registry.setEnd(World.POOL, Optional.of(end));
    var since = world.timeline.now();
    if (since.plus(World.LEASE).isBefore(end)) {
      world.licence = Optional.of(new Licence(since, end));
    }
    world.timeline.pass(
        Duration.between(since, end).plus(world.between(Duration.ZERO, Duration.ofSeconds(5))));
    world.licence = Optional.empty();
    registry.setEnd(World.POOL, Optional.empty());
  }

  /** Breaks nothing more, and mends what it broke. */
  void relent() {
    isOver = true;
    world.postgres.suspend(false);
    pods.forEach(Pod::wake);
    world.redis.goAway(Duration.ZERO);
  }

  /** What pods were about when they were killed. */
  Map<String, Long> killedAt() {
    return killedAt;
  }
}
