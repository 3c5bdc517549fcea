package ai.coditect.licensing.stores.ledger;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A pool's row as it was when a transaction looked. What is decided upon it is written only where
 * its revision is still the same.
 *
 * @param revision rises with each change
 * @param isServed whether neither it nor its tenant was taken out of service
 * @param topSlot no slot above it is held
 * @param validKeys number of each valid licence key by its hash
 */
record SeenPool(
    String poolId,
    long revision,
    String product,
    int seats,
    Duration lease,
    Validity validity,
    Optional<BorrowTerms> borrowing,
    List<String> entitlements,
    boolean isServed,
    boolean isSuspended,
    int topSlot,
    Map<String, Integer> validKeys) {

  /** Whether there is such a slot within the limit; rows of all of them exist. */
  boolean has(int slot) {
    return slot >= 1 && slot <= seats;
  }
}
