package ai.coditect.licensing.stores.ledger;

import java.util.List;
import java.util.Set;

/**
 * What became of the slots a transaction wanted to lock.
 *
 * @param held those it has locked
 * @param passedOver holders of slots that another transaction has locked
 */
record SlotLocks(List<LockedSlot> held, Set<HolderKey> passedOver) {}
