package ai.coditect.licensing.simulator;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;

import ai.coditect.licensing.api.seats.AcquireResult;
import ai.coditect.licensing.api.seats.Refusal;
import ai.coditect.licensing.stores.ledger.ModelPostgres.Recorded;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * One run: pods, clients, an operator and a nemesis for a minute of virtual time, then all is well
 * again and every seat must be free.
 */
final class Simulation {

  private static final Duration RUN = Duration.ofSeconds(45);
  private static final Duration FREE_AGAIN = Duration.ofSeconds(1);
  private static final int CLIENTS = 5;

  private final World world;
  private final Testimony testimony = new Testimony();
  private final List<Pod> pods = new ArrayList<>();
  private final Nemesis nemesis;
  private final Operator operator;
  private int busy = CLIENTS + 2;
  private boolean isOver;

  private Simulation(long seed, Mutant mutant, Journal journal, World.Parts parts) {
    this.world = new World(seed, mutant, journal, parts);
    for (var i = 1; i <= 2 + world.random.nextInt(2); i++) {
      pods.add(new Pod(world, "pod " + i));
    }
    this.nemesis = new Nemesis(world, pods);
    this.operator = new Operator(world, testimony);
  }

  /** Runs one seed. */
  static Outcome run(long seed, Mutant mutant, Journal journal, World.Parts parts)
      throws InterruptedException {
    var simulation = new Simulation(seed, mutant, journal, parts);
    simulation.run();
    return new Outcome(
        simulation.violations(), simulation.world.faults.struck(), simulation.nemesis.killedAt());
  }

  private void run() throws InterruptedException {
    var until = world.timeline.now().plus(RUN);
    for (var i = 1; i <= CLIENTS; i++) {
      // One machine of its own, and one that it shares with the others.
      var client = new Client(world, testimony, pods, List.of("m" + i, "m" + i, "shared"), until);
      world.timeline.spawn("client " + i, () -> busily(client::live));
    }
    world.timeline.spawn("operator", () -> busily(() -> operator.live(RUN)));
    world.timeline.spawn("nemesis", () -> busily(nemesis::live));
    world.timeline.spawn("director", this::direct);
    world.timeline.run();
    if (!isOver) {
      throw new IllegalStateException("Somebody waits for what never comes");
    }
  }

  private void busily(Runnable life) {
    life.run();
    busy--;
  }

  private void direct() {
    world.timeline.pass(RUN);
    world.faults.heal();
    nemesis.relent();
    world.timeline.note(() -> "all is well again");
    world.timeline.await(
        () -> busy == 0 && testimony.isComplete() && pods.stream().allMatch(Pod::isUp));
    operator.setSeats(World.SEATS);
    awaitTheLastLease();
    takeEachSeat();
    isOver = true;
    world.timeline.end();
  }

  private void awaitTheLastLease() {
    // What was on its way may still renew a lease.
    world.timeline.pass(World.LATE.plusSeconds(15));
    world
        .postgres
        .lastLeaseEnds()
        .map(end -> Duration.between(world.timeline.now(), end))
        .filter(Duration::isPositive)
        .ifPresent(world.timeline::pass);
    world.timeline.pass(FREE_AGAIN);
  }

  private void takeEachSeat() {
    var late = new Client(world, testimony, pods, List.of(), world.timeline.now());
    for (var seat = 1; seat <= World.SEATS + 1; seat++) {
      var answer = late.acquire(new Wish("late " + seat)).answer();
      var isRight =
          seat <= World.SEATS
              ? answer.filter(AcquireResult.Acquired.class::isInstance).isPresent()
              : answer.filter(Simulation::isExhausted).isPresent();
      if (!isRight) {
        testimony.wrong("With all well, seat %d of %d: %s".formatted(seat, World.SEATS, answer));
      }
    }
  }

  private static boolean isExhausted(AcquireResult answer) {
    return answer instanceof AcquireResult.Refused(_, Refusal.PoolExhausted _);
  }

  /** Of each session the audit has one beginning, and the end that history has. */
  private List<String> unlike(List<Recorded> audit) {
    var audited =
        audit.stream().collect(groupingBy(Recorded::session, mapping(Recorded::event, toList())));
    var history = new HashMap<UUID, List<String>>();
    world
        .postgres
        .history()
        .forEach(
            (session, end) ->
                history.put(session, Stream.concat(Stream.of("GRANTED"), end.stream()).toList()));
    return Stream.of(audited.keySet(), history.keySet())
        .flatMap(Set::stream)
        .distinct()
        .filter(session -> !Objects.equals(audited.get(session), history.get(session)))
        .map(session -> unlike(session, audited.get(session), history.get(session)))
        .toList();
  }

  private static String unlike(UUID session, List<String> audited, List<String> remembered) {
    return remembered == null
        ? "Not in the history: %s, of which the audit says %s".formatted(session, audited)
        : "The audit says %s of a session of which history says %s".formatted(audited, remembered);
  }

  private List<String> violations() {
    var audit = world.postgres.audit();
    var all = new ArrayList<>(testimony.violations(audit));
    all.addAll(unlike(audit));
    return all;
  }

  /**
   * What a run showed.
   *
   * @param violations in words; empty where the promise was kept
   * @param struck how often each fault struck
   * @param killedAt what pods were about when they were killed, and how often
   */
  record Outcome(List<String> violations, Map<Fault, Long> struck, Map<String, Long> killedAt) {}
}
