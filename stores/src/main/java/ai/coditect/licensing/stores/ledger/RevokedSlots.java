package ai.coditect.licensing.stores.ledger;

import java.time.Instant;
import java.util.List;

/**
 * The slots about which tokens may verify though the session they name has ended.
 *
 * @param at by the ledger's clock; what had ended by then is among them
 * @param slots those whose tokens last longest come first
 * @param complete whether these are all
 */
public record RevokedSlots(Instant at, List<Slot> slots, boolean complete) {

  public RevokedSlots {
    slots = List.copyOf(slots);
  }

  /**
   * A slot.
   *
   * @param generation the slot's own: every token of a lower one names a session that has ended
   */
  public record Slot(String poolId, int slot, long generation) {}
}
