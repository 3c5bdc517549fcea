package ai.coditect.licensing.stores.ledger;

import java.util.List;
import java.util.Optional;

/**
 * One step of a walk over a tenant's slots.
 *
 * @param freed slots whose lease had ended and whose session's history is closed now
 * @param next where the next step begins; empty where the walk is over, or where another process
 *     walks
 */
public record Sweep(List<FreedSlot> freed, Optional<Position> next) {

  /** A slot that is free since this generation of it. */
  public record FreedSlot(String poolId, int slot, long slotGeneration) {}

  /** After this slot. */
  public record Position(String poolId, int slot) {}
}
