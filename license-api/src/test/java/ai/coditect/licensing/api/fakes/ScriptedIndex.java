package ai.coditect.licensing.api.fakes;

import ai.coditect.licensing.stores.seats.SeatIndex;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;

/** An index that proposes what it is told to, in turn, and remembers what it was told. */
public final class ScriptedIndex implements SeatIndex {

  public final Deque<Choice> choices = new ArrayDeque<>();
  public final List<HeldSlot> held = new ArrayList<>();
  public final List<Freed> freed = new ArrayList<>();
  public final List<Load> loads = new ArrayList<>();
  public volatile LoadOutcome loadOutcome = LoadOutcome.LOADED;

  @Override
  public Choice choose(PoolRef pool, String holder) {
    return choices.remove();
  }

  @Override
  public void held(PoolRef pool, HeldSlot slot) {
    held.add(slot);
  }

  @Override
  public void freed(PoolRef pool, int slot, long slotGeneration) {
    freed.add(new Freed(pool, slot, slotGeneration));
  }

  @Override
  public synchronized LoadOutcome load(
      PoolRef pool, int seats, long revision, Stream<HeldSlot> slots) {
    loads.add(new Load(pool, seats, revision, slots.toList()));
    return loadOutcome;
  }

  @Override
  public boolean setLimit(PoolRef pool, int seats, long revision) {
    throw new UnsupportedOperationException("the operator's");
  }

  @Override
  public boolean hasLimit(PoolRef pool, int seats, long revision) {
    throw new UnsupportedOperationException("the operator's");
  }

  @Override
  public void forget(PoolRef pool) {
    throw new UnsupportedOperationException("the operator's");
  }

  @Override
  public void close() {}

  /** A slot that was said to be free. */
  public record Freed(PoolRef pool, int slot, long slotGeneration) {}

  /** A pool that was loaded. */
  public record Load(PoolRef pool, int seats, long revision, List<HeldSlot> held) {}
}
