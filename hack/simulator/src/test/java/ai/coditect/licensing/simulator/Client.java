package ai.coditect.licensing.simulator;

import ai.coditect.licensing.api.seats.AcquireResult;
import ai.coditect.licensing.api.seats.HeartbeatResult;
import ai.coditect.licensing.api.signing.SignedSeat;
import ai.coditect.licensing.histories.Event;
import ai.coditect.licensing.histories.Span;
import ai.coditect.licensing.simulator.Pod.Exchange;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * Takes seats, keeps them a while, and gives them back or forgets them; tells the record what it
 * heard.
 */
final class Client {

  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final Duration HEARTBEAT = World.LEASE.dividedBy(3);
  private static final Duration TOGETHER = Duration.ofSeconds(3);
  private static final Duration LAST_MOMENT = Duration.ofMillis(20);
  private static final int TRIES = 3;

  private final World world;
  private final Testimony testimony;
  private final List<Pod> pods;
  private final List<String> holders;
  private final Instant until;

  Client(World world, Testimony testimony, List<Pod> pods, List<String> holders, Instant until) {
    this.world = world;
    this.testimony = testimony;
    this.pods = pods;
    this.holders = holders;
    this.until = until;
  }

  void live() {
    while (goesOn()) {
      world.timeline.pass(untilTheNextWish());
      comeAndGo(holders.get(world.random.nextInt(holders.size())));
    }
  }

  /** At any time, or at the same instant as everybody else who comes to work. */
  private Duration untilTheNextWish() {
    return world.random.nextBoolean()
        ? world.between(Duration.ZERO, Duration.ofSeconds(4))
        : TOGETHER.minusNanos(world.timeline.nanos() % TOGETHER.toNanos());
  }

  private boolean goesOn() {
    return world.timeline.now().isBefore(until);
  }

  private void comeAndGo(String holder) {
    for (var attempt = 1; attempt <= TRIES && goesOn(); attempt++) {
      var exchange = acquire(holder);
      if (exchange.answer().isEmpty()) {
        // Nobody knows whether it has a seat now: the same holder asks again.
        world.timeline.pass(world.between(Duration.ZERO, Duration.ofSeconds(1)));
        continue;
      }
      switch (exchange.answer().get()) {
        case AcquireResult.Acquired(SignedSeat seat) -> {
          use(seat);
          return;
        }
        // It comes back at the very instant at which it was told that a seat may be free.
        case AcquireResult.PoolExhausted(Duration until) -> world.timeline.pass(until);
        default -> {
          return;
        }
      }
    }
  }

  /** Asks for a seat, once. */
  Exchange<AcquireResult> acquire(String holder) {
    var exchange =
        pod().ask("acquire " + holder, PATIENCE, desk -> desk.acquire(World.applicant(holder)));
    var isKnown = exchange.answer().isPresent();
    if (!isKnown) {
      testimony.once(exchange, late -> attempted(exchange, late, holder));
      return exchange;
    }
    var span = new Span(exchange.asked(), exchange.told());
    switch (exchange.answer().get()) {
      case AcquireResult.Acquired(SignedSeat seat) ->
          testimony.add(
              new Event.Granted(
                  span,
                  seat.seat().sessionId(),
                  holder,
                  seat.seat().slot(),
                  seat.seat().slotGeneration(),
                  seat.expiresAt()));
      case AcquireResult.PoolExhausted _ -> testimony.add(new Event.Refused(span, holder));
      default -> {
        // Neither held nor full.
      }
    }
    return exchange;
  }

  private static Event attempted(Exchange<?> exchange, Instant late, String holder) {
    return new Event.NotGranted(new Span(exchange.asked(), late), holder, late.plus(World.LEASE));
  }

  private void use(SignedSeat first) {
    var session = first.seat().sessionId();
    var seat = first;
    for (var left = world.random.nextInt(6); left > 0 && goesOn(); left--) {
      world.timeline.pass(untilTheNextHeartbeat(seat.seat().leaseUntil()));
      var exchange = heartbeat(session);
      if (exchange.answer().isPresent()) {
        if (!(exchange.answer().get() instanceof HeartbeatResult.Kept(SignedSeat kept))) {
          return;
        }
        seat = kept;
      }
    }
    if (!world.faults.strikes(Fault.CLIENT_CRASHED)) {
      release(session);
    }
  }

  /** In good time, at the very last moment, or after its machine was asleep. */
  private Duration untilTheNextHeartbeat(Instant leaseUntil) {
    var left = Duration.between(world.timeline.now(), leaseUntil);
    return switch (world.random.nextInt(8)) {
      case 0 -> world.between(HEARTBEAT, World.LEASE.multipliedBy(2));
      case 1, 2 ->
          left.compareTo(LAST_MOMENT) < 0
              ? Duration.ZERO
              : left.minus(world.between(Duration.ZERO, LAST_MOMENT));
      default -> world.between(Duration.ZERO, HEARTBEAT.multipliedBy(2));
    };
  }

  private Exchange<HeartbeatResult> heartbeat(UUID session) {
    var exchange = pod().ask("heartbeat " + session, PATIENCE, desk -> desk.heartbeat(session));
    if (exchange.answer().isEmpty()) {
      testimony.once(
          exchange,
          late ->
              new Event.MaybeRenewed(
                  new Span(exchange.asked(), late), session, late.plus(World.LEASE)));
      return exchange;
    }
    var span = new Span(exchange.asked(), exchange.told());
    switch (exchange.answer().get()) {
      case HeartbeatResult.Kept(SignedSeat seat) ->
          testimony.add(new Event.Renewed(span, session, seat.expiresAt()));
      case HeartbeatResult.Superseded _,
          HeartbeatResult.Ended _,
          HeartbeatResult.UnknownSession _ ->
          testimony.add(new Event.Lost(span, session));
      default -> {
        // Refused for now, and still held.
      }
    }
    return exchange;
  }

  private void release(UUID session) {
    for (var attempt = 1; attempt <= TRIES; attempt++) {
      var exchange = pod().ask("release " + session, PATIENCE, desk -> desk.release(session));
      if (exchange.answer().isPresent()) {
        testimony.add(new Event.Released(new Span(exchange.asked(), exchange.told()), session));
        return;
      }
      // It may never have happened: then the lease ends the hold.
      testimony.once(
          exchange,
          late ->
              new Event.Released(
                  new Span(exchange.asked(), late.plus(World.LEASE.multipliedBy(2))), session));
    }
  }

  private Pod pod() {
    return pods.get(world.random.nextInt(pods.size()));
  }
}
