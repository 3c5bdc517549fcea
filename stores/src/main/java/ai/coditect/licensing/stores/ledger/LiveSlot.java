package ai.coditect.licensing.stores.ledger;

import java.time.Duration;

/** A slot whose lease has not ended, with what remains of it. */
public record LiveSlot(int slot, long slotGeneration, String holder, Duration remaining) {}
