package ai.coditect.licensing.simulator;

import ai.coditect.licensing.stores.ledger.ModelLedger;
import ai.coditect.licensing.stores.seats.SeatIndex;
import java.util.stream.Stream;

/** An index that is wrong at times, whatever the reason. */
record LyingIndex(SeatIndex index, ModelLedger ledger, Faults faults, Mutant mutant)
    implements SeatIndex {

  @Override
  public Choice choose(PoolRef pool, String holder) {
    var choice = index.choose(pool, holder);
    var held = ledger.someHeldSlot(pool.poolId());
    if (held.isPresent() && faults.strikes(Fault.INDEX_PROPOSED_A_HELD_SLOT)) {
      return new Choice.Free(held.getAsInt());
    }
    if (faults.strikes(Fault.INDEX_SAID_FULL)) {
      return new Choice.Full(held);
    }
    return choice;
  }

  @Override
  public void held(PoolRef pool, HeldSlot slot) {
    index.held(pool, slot);
  }

  @Override
  public void freed(PoolRef pool, int slot, long slotGeneration) {
    index.freed(pool, slot, slotGeneration);
  }

  @Override
  public LoadOutcome load(PoolRef pool, int seats, long revision, Stream<HeldSlot> held) {
    // To read the ledger first, and to load what it said a while ago, overwrites newer knowledge.
    var slots =
        mutant == Mutant.OVERWRITE_NEWER_KNOWLEDGE_WHEN_LOADING ? held.toList().stream() : held;
    return index.load(pool, seats, revision, slots);
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
