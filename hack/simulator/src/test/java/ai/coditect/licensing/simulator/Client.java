package ai.coditect.licensing.simulator;

import ai.coditect.licensing.api.seats.AcquireResult;
import ai.coditect.licensing.api.seats.HeartbeatResult;
import ai.coditect.licensing.api.seats.Refusal;
import ai.coditect.licensing.api.seats.SeatDesk;
import ai.coditect.licensing.api.signing.SignedSeat;
import ai.coditect.licensing.histories.Event;
import ai.coditect.licensing.histories.Span;
import ai.coditect.licensing.simulator.Pod.Exchange;
import ai.coditect.licensing.stores.ledger.EndReason;
import ai.coditect.licensing.stores.ledger.LedgerUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/**
 * Takes seats, keeps them a while, and gives them back or forgets them; tells the record what it
 * heard.
 */
final class Client {

  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final Duration HEARTBEAT = World.LEASE.dividedBy(3);
  private static final Duration TOGETHER = Duration.ofSeconds(3);

  /** About as long as a renewal takes, so that it is under way when the lease ends. */
  private static final Duration LAST_MOMENT = Duration.ofMillis(10);

  private static final int TRIES = 3;
  private static final UUID UNKNOWN = new UUID(0, 0);

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
    var wish = wish(holder);
    for (var attempt = 1; attempt <= TRIES && goesOn(); attempt++) {
      var exchange = acquire(wish);
      if (exchange.answer().isEmpty()) {
        // Nobody knows whether it has a seat now: the same holder asks again.
        world.timeline.pass(world.between(Duration.ZERO, Duration.ofSeconds(1)));
        continue;
      }
      switch (exchange.answer().get()) {
        case AcquireResult.Acquired(SignedSeat seat) -> {
          use(wish, seat);
          return;
        }
        // It comes back at the very instant at which it was told that a seat may be free.
        case AcquireResult.Refused(_, Refusal.PoolExhausted(Duration until)) ->
            world.timeline.pass(until);
        default -> {
          return;
        }
      }
    }
  }

  private Wish wish(String holder) {
    return world.random.nextBoolean()
        ? new Wish(holder)
        : new Wish(holder, Optional.of("key " + Long.toHexString(world.random.nextLong())));
  }

  /** Asks for a seat, once. */
  Exchange<AcquireResult> acquire(Wish wish) {
    var exchange = ask(wish);
    var holder = wish.holder();
    if (exchange.answer().isEmpty()) {
      testimony.once(exchange, late -> attempted(exchange, late, holder));
      return exchange;
    }
    var span = exchange.span();
    switch (exchange.answer().get()) {
      case AcquireResult.Acquired(SignedSeat seat) -> {
        requireWithinLicence(span, seat);
        testimony.granted(seat);
        testimony.add(
            new Event.Granted(
                span,
                seat.seat().sessionId(),
                holder,
                seat.seat().slot(),
                seat.seat().slotGeneration(),
                seat.expiresAt()));
      }
      case AcquireResult.Refused(_, Refusal.PoolExhausted _) ->
          testimony.add(new Event.Refused(span, holder));
      // It may have a seat whose lease ends so soon that no token is worth while.
      case AcquireResult.Refused(_, Refusal.LicenseExpired _),
          AcquireResult.Refused(_, Refusal.IdempotentSessionEnded _) ->
          testimony.add(new Event.NotGranted(span, holder, span.told().plus(World.BEYOND_PROOF)));
      default -> {
        // Neither held nor full.
      }
    }
    return exchange;
  }

  private Exchange<AcquireResult> ask(Wish wish) {
    return pod().ask("acquire " + wish, PATIENCE, desk -> desk.acquire(wish.applicant()));
  }

  private void requireWithinLicence(Span span, SignedSeat seat) {
    world
        .licence
        .filter(
            licence -> licence.isKnownThroughout(span) && seat.expiresAt().isAfter(licence.end()))
        .ifPresent(licence -> testimony.wrong("A token beyond the licence: " + span + seat.seat()));
  }

  private static Event attempted(Exchange<?> exchange, Instant late, String holder) {
    return new Event.NotGranted(new Span(exchange.asked(), late), holder, late.plus(World.LEASE));
  }

  private void use(Wish wish, SignedSeat first) {
    var session = first.seat().sessionId();
    var seat = first;
    for (var left = world.random.nextInt(6); left > 0 && goesOn(); left--) {
      world.timeline.pass(untilTheNextHeartbeat(seat.seat().leaseUntil()));
      if (wish.key().isPresent() && world.random.nextInt(4) == 0) {
        repeat(wish, seat);
      }
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
    if (wish.key().isPresent()) {
      repeat(wish, seat);
    }
  }

  /** Sends a request again that was answered: at most the same session is the answer. */
  private void repeat(Wish wish, SignedSeat known) {
    var session = known.seat().sessionId();
    if (world.random.nextInt(3) == 0) {
      requireRefused(wish.of("another " + wish.holder()));
      return;
    }
    var exchange = ask(wish);
    switch (exchange.answer().orElse(null)) {
      case AcquireResult.Acquired(SignedSeat seat) -> {
        if (seat.seat().sessionId().equals(session)) {
          requireWithinLicence(exchange.span(), seat);
          testimony.add(new Event.Renewed(exchange.span(), session, seat.expiresAt()));
        } else {
          testimony.wrong("Repeated for " + session + ", granted anew: " + seat.seat());
        }
      }
      case AcquireResult.Refused(_, Refusal.IdempotentSessionEnded _) -> {
        // Also where its lease ends so soon that no token is worth while.
        if (known.expiresAt().isAfter(exchange.span().told())) {
          testimony.add(new Event.Lost(exchange.span(), session));
        }
      }
      case AcquireResult.Refused(_, Refusal.IdempotencyKeyReused _) ->
          testimony.wrong("Repeated for " + session + ", but taken for another request");
      case null, default -> {
        // Refused for another reason, or nobody knows.
      }
    }
  }

  private void requireRefused(Wish other) {
    if (ask(other).answer().orElse(null) instanceof AcquireResult.Acquired(SignedSeat seat)) {
      testimony.wrong("Another request under a key that was used, granted: " + seat.seat());
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
    var exchange = pod().ask("heartbeat " + session, PATIENCE, renewal(session));
    if (exchange.answer().isEmpty()) {
      testimony.once(
          exchange,
          late ->
              new Event.MaybeRenewed(
                  new Span(exchange.asked(), late), session, late.plus(World.LEASE)));
      return exchange;
    }
    var span = exchange.span();
    switch (exchange.answer().get()) {
      case HeartbeatResult.Kept(SignedSeat seat) -> {
        requireWithinLicence(span, seat);
        testimony.add(new Event.Renewed(span, session, seat.expiresAt()));
      }
      case HeartbeatResult.Ended(EndReason reason) when reason == EndReason.RELEASED ->
          testimony.wrong("Told that it was released, which nobody asked for: " + session);
      case HeartbeatResult.Superseded _,
          HeartbeatResult.Ended _,
          HeartbeatResult.UnknownSession _ ->
          testimony.add(new Event.Lost(span, session));
      case HeartbeatResult.LicenseExpired _ ->
          testimony.add(
              new Event.MaybeRenewed(span, session, span.told().plus(World.BEYOND_PROOF)));
      default -> {
        // Refused for now, and still held.
      }
    }
    return exchange;
  }

  /** Alone, or together with one that is not known. */
  private Function<SeatDesk, HeartbeatResult> renewal(UUID session) {
    return world.random.nextBoolean()
        ? desk -> desk.heartbeat(session)
        : desk ->
            switch (desk.heartbeats(List.of(session, UNKNOWN)).findFirst().orElseThrow()) {
              case HeartbeatResult.LedgerUnavailable _, HeartbeatResult.SigningUnavailable _ ->
                  throw new LedgerUnavailableException("Not known of one of many", null);
              case HeartbeatResult result -> result;
            };
  }

  private void release(UUID session) {
    for (var attempt = 1; attempt <= TRIES; attempt++) {
      var exchange = pod().ask("release " + session, PATIENCE, desk -> desk.release(session));
      if (exchange.answer().isPresent()) {
        testimony.add(new Event.Released(exchange.span(), session));
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
