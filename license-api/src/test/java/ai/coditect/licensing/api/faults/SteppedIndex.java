package ai.coditect.licensing.api.faults;

import ai.coditect.licensing.stores.seats.SeatIndex;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A seat index on the way to which there are steps. */
public final class SteppedIndex implements SeatIndex {

  /** Into the second chunk of a load. */
  private static final int SLOT_OF_STEP = 251;

  private final SeatIndex index;
  private final Steps steps;

  public SteppedIndex(SeatIndex index, Steps steps) {
    this.index = index;
    this.steps = steps;
  }

  @Override
  public Choice choose(PoolRef pool, String holder) {
    return index.choose(pool, holder);
  }

  @Override
  public void held(PoolRef pool, HeldSlot slot) {
    index.held(pool, slot);
    steps.reached(Step.AFTER_INDEX_TOLD);
  }

  @Override
  public void freed(PoolRef pool, int slot, long slotGeneration) {
    index.freed(pool, slot, slotGeneration);
  }

  @Override
  public LoadOutcome load(PoolRef pool, int seats, long revision, Stream<HeldSlot> held) {
    AtomicInteger count = new AtomicInteger();
    return index.load(pool, seats, revision, held.peek(slot -> count(count)));
  }

  private void count(AtomicInteger slots) {
    if (slots.incrementAndGet() == SLOT_OF_STEP) {
      steps.reached(Step.IN_INDEX_LOAD);
    }
  }

  @Override
  public boolean setLimit(PoolRef pool, int seats, long revision) {
    return index.setLimit(pool, seats, revision);
  }

  @Override
  public boolean hasLimit(PoolRef pool, int seats, long revision) {
    return index.hasLimit(pool, seats, revision);
  }

  @Override
  public void forget(PoolRef pool) {
    index.forget(pool);
  }

  @Override
  public void close() {
    index.close();
  }
}
