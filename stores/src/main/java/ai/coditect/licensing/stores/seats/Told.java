package ai.coditect.licensing.stores.seats;

import ai.coditect.licensing.stores.seats.SeatIndex.HeldSlot;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * What became of a slot, on its way to Redis.
 *
 * @param holder abbreviated; empty where the slot is free
 * @param endNanos when the lease ends, on this process's clock for spans
 */
record Told(int slot, long slotGeneration, String holder, long endNanos) {

  /** Enough to tell holders apart; two that look alike cost a question to the ledger at most. */
  private static final int HOLDER_LENGTH = 24;

  /**
   * @param nowNanos on this process's clock for spans, as in what follows
   */
  static Told held(HeldSlot slot, long nowNanos) {
    return new Told(
        slot.slot(),
        slot.slotGeneration(),
        abbreviated(slot.holder()),
        nowNanos + slot.remaining().toNanos());
  }

  static Told freed(int slot, long slotGeneration, long nowNanos) {
    return new Told(slot, slotGeneration, "", nowNanos);
  }

  /** A holder's name in Redis, which keeps it twice for each seat. */
  static String abbreviated(String holder) {
    return holder.length() <= HOLDER_LENGTH ? holder : holder.substring(0, HOLDER_LENGTH);
  }

  /** The later word of two about the same slot. */
  static Told later(Told one, Told other) {
    if (one.slotGeneration != other.slotGeneration) {
      return one.slotGeneration > other.slotGeneration ? one : other;
    }
    if (one.isFree() || other.isFree()) {
      return one.isFree() ? one : other;
    }
    return one.endNanos - other.endNanos > 0 ? one : other;
  }

  /** As the scripts take it: number, generation, holder, remaining milliseconds. */
  void write(Consumer<String> values, long nowNanos) {
    values.accept(Integer.toString(slot));
    values.accept(Long.toString(slotGeneration));
    values.accept(holder);
    values.accept(Long.toString(TimeUnit.NANOSECONDS.toMillis(endNanos - nowNanos)));
  }

  private boolean isFree() {
    return holder.isEmpty();
  }
}
