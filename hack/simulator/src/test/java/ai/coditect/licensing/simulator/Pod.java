package ai.coditect.licensing.simulator;

import ai.coditect.licensing.api.seats.AcquireResult;
import ai.coditect.licensing.api.seats.HeartbeatResult;
import ai.coditect.licensing.api.seats.ModelDesk;
import ai.coditect.licensing.api.seats.SeatDesk;
import ai.coditect.licensing.api.signing.SignedSeat;
import ai.coditect.licensing.api.signing.SigningUnavailableException;
import ai.coditect.licensing.histories.Span;
import ai.coditect.licensing.simulator.Timeline.Host;
import ai.coditect.licensing.stores.ledger.LedgerUnavailableException;
import ai.coditect.licensing.stores.ledger.ModelLedger;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** An API process with the product's own desk in it. It can stand still, die, and come back. */
final class Pod {

  private static final Duration WRONG_BY = Duration.ofMinutes(8);
  private static final Duration SWEEPS = Duration.ofSeconds(3);

  private final World world;
  private final String name;
  private int lives;
  private Host host;
  private SeatDesk desk;

  Pod(World world, String name) {
    this.world = world;
    this.name = name;
    start();
  }

  /** Begins anew, with nothing in its memory. */
  void start() {
    lives++;
    host = new Host(name + "#" + lives);
    var ledger = new ModelLedger(world.postgres, host, world.mutant);
    var index = new LyingIndex(world.index(host), ledger, world.faults, world.mutant);
    desk =
        ModelDesk.open(
            World.TENANT,
            ledger,
            index,
            world.parts.signers().on(clock(), World.TENANT),
            world.timeline::nanos);
    var sweeper = ModelDesk.sweeper(World.TENANT, ledger, index);
    world.timeline.spawn(host + " sweeper", host, () -> sweep(sweeper));
  }

  private void sweep(Supplier<Duration> sweeper) {
    while (true) {
      world.timeline.at("between sweeps");
      world.timeline.pass(world.between(Duration.ZERO, SWEEPS));
      world.timeline.pass(sweeper.get());
    }
  }

  private Clock clock() {
    var wrongBy =
        world.faults.strikes(Fault.POD_CLOCK_WRONG)
            ? world.between(WRONG_BY.negated(), WRONG_BY)
            : Duration.ZERO;
    InstantSource source = () -> world.timeline.now().plus(wrongBy);
    return source.withZone(ZoneOffset.UTC);
  }

  void pause(Duration duration) {
    host.pauseUntil(world.timeline.nanos() + duration.toNanos());
  }

  void wake() {
    host.pauseUntil(0);
  }

  /**
   * Dies at whatever it is about.
   *
   * @return what it was about
   */
  List<String> kill() {
    var steps = world.timeline.stepsOf(host);
    host.die();
    return steps;
  }

  boolean isAt(String step) {
    return world.timeline.isAt(host, step);
  }

  boolean isUp() {
    return !host.isDead();
  }

  @Override
  public String toString() {
    return host.toString();
  }

  /** Sends a request and waits for the answer, up to the client's patience. */
  <T> Exchange<T> ask(String what, Duration patience, Function<SeatDesk, T> request) {
    var exchange = new Exchange<T>(world.timeline.now());
    var isLost = world.faults.strikes(Fault.REQUEST_LOST);
    if (isLost || !isUp()) {
      exchange.isOver = true;
      exchange.overAt = world.timeline.now();
      world.timeline.note(() -> what + " never reaches " + host);
      world.timeline.pass(isLost ? patience : Duration.ofMillis(1));
      return exchange;
    }
    var served = desk;
    world.timeline.note(() -> what + " to " + host);
    world.timeline.spawn(host + " " + what, host, () -> serve(exchange, request, served));
    world.timeline.await(() -> exchange.isAnswered, patience);
    exchange.told = world.timeline.now();
    world.timeline.note(() -> what + " is told: " + exchange.answer().map(Pod::words).orElse("?"));
    return exchange;
  }

  private <T> void serve(Exchange<T> exchange, Function<SeatDesk, T> request, SeatDesk served) {
    var timeline = world.timeline;
    try {
      timeline.pass(Duration.ofNanos(1_000L * world.random.nextInt(2_000)));
      var answer = request.apply(served);
      timeline.at("answer");
      timeline.pass(Duration.ofNanos(1_000L * world.random.nextInt(2_000)));
      if (!world.faults.strikes(Fault.ANSWER_LOST)) {
        exchange.answer = Optional.of(answer);
        exchange.isAnswered = true;
      }
    } catch (LedgerUnavailableException | SigningUnavailableException e) {
      timeline.note(() -> "503: " + e.getMessage());
      exchange.isAnswered = true;
    } finally {
      exchange.isOver = true;
      exchange.overAt = timeline.now();
    }
  }

  /** Without the token, which nobody can read. */
  private static String words(Object answer) {
    return switch (answer) {
      case AcquireResult.Acquired(SignedSeat seat) -> words(seat);
      case HeartbeatResult.Kept(SignedSeat seat) -> words(seat);
      default -> answer.toString();
    };
  }

  private static String words(SignedSeat seat) {
    return "session %s, slot %d, generation %d, proven until %s"
        .formatted(
            seat.seat().sessionId(),
            seat.seat().slot(),
            seat.seat().slotGeneration(),
            seat.expiresAt());
  }

  /** A request and what became of it, as far as its client can know. */
  static final class Exchange<T> {

    private final Instant asked;
    private Instant told;
    private Instant overAt;
    private Optional<T> answer = Optional.empty();
    private boolean isAnswered;
    private boolean isOver;

    Exchange(Instant asked) {
      this.asked = asked;
    }

    Optional<T> answer() {
      return answer;
    }

    Instant asked() {
      return asked;
    }

    /** From the question to the answer. */
    Span span() {
      return new Span(asked, told);
    }

    /** Whether the pod is through with it, whatever the client heard. */
    boolean isOver() {
      return isOver;
    }

    Instant overAt() {
      return overAt;
    }
  }
}
