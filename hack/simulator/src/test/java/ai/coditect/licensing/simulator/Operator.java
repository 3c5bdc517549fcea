package ai.coditect.licensing.simulator;

import ai.coditect.licensing.histories.Event;
import ai.coditect.licensing.histories.Span;
import ai.coditect.licensing.simulator.Timeline.Host;
import ai.coditect.licensing.stores.ledger.ModelRegistry;
import ai.coditect.licensing.stores.seats.SeatIndex;
import ai.coditect.licensing.stores.seats.SeatIndexUnavailableException;
import java.time.Duration;

/** Moves the pool's limit, in the ledger and then in the index. */
final class Operator {

  private final World world;
  private final Testimony testimony;
  private final ModelRegistry registry;
  private final SeatIndex index;

  Operator(World world, Testimony testimony) {
    this.world = world;
    this.testimony = testimony;
    this.registry = new ModelRegistry(world.postgres);
    this.index = world.index(new Host("operator"));
  }

  void live(Duration duration) {
    var until = world.timeline.now().plus(duration);
    while (true) {
      world.timeline.pass(world.between(Duration.ofSeconds(1), Duration.ofSeconds(8)));
      if (!world.timeline.now().isBefore(until)) {
        return;
      }
      var seats = world.random.nextInt(World.SEATS + 2);
      var inUse = world.postgres.inUse(World.POOL);
      if (seats >= inUse || world.faults.mayStrike(Fault.LIMIT_LOWERED_BELOW_USE)) {
        if (seats < inUse) {
          world.faults.count(Fault.LIMIT_LOWERED_BELOW_USE);
        }
        setSeats(seats);
      }
    }
  }

  void setSeats(int seats) {
    world.timeline.note(() -> "sets " + seats + " seats");
    var asked = world.timeline.now();
    registry.setSeats(World.POOL, seats);
    testimony.add(new Event.Limited(new Span(asked, world.timeline.now()), seats));
    try {
      index.setLimit(World.REF, seats, world.postgres.revision(World.POOL));
    } catch (SeatIndexUnavailableException e) {
      world.timeline.note(() -> "the index was not told of the limit");
    }
  }
}
