package ai.coditect.licensing.benchmarks.bare;

import ai.coditect.licensing.stores.seats.RedisSeatIndex;
import ai.coditect.licensing.stores.seats.SeatIndex;
import ai.coditect.licensing.stores.seats.SeatIndex.Choice;
import ai.coditect.licensing.stores.seats.SeatIndex.HeldSlot;
import ai.coditect.licensing.stores.seats.SeatIndex.LoadOutcome;
import ai.coditect.licensing.stores.seats.SeatIndex.PoolRef;
import java.time.Duration;
import java.util.stream.Stream;

/** Which slot is free: the product's scripts, and nobody who minds what they say. */
final class BareIndex {

  private static final Duration LEASE = Duration.ofMinutes(6);

  private final SeatIndex index;
  private final PoolRef pool;

  BareIndex(String uri, PoolRef pool, int seats) {
    this.index = RedisSeatIndex.connect(uri);
    this.pool = pool;
    index.setLimit(pool, seats, 1);
    LoadOutcome outcome = index.load(pool, seats, 1, Stream.empty());
    if (outcome != LoadOutcome.LOADED) {
      throw new IllegalStateException("The pool was not loaded: " + outcome);
    }
  }

  int choose(String holder) {
    return switch (index.choose(pool, holder)) {
      case Choice.Own(int slot) -> slot;
      case Choice.Free(int slot) -> slot;
      case Choice other -> throw new IllegalStateException("No slot to be had: " + other);
    };
  }

  void held(BareSeat seat) {
    index.held(pool, new HeldSlot(seat.slot(), seat.generation(), seat.holder(), LEASE));
  }

  void freed(BareSeat seat) {
    index.freed(pool, seat.slot(), seat.generation());
  }
}
