package ai.coditect.licensing.benchmarks.bare;

import java.util.UUID;

/**
 * A seat that was granted or given back.
 *
 * @param holder SHA-256 in hex
 * @param leaseUntil seconds of the epoch
 */
record BareSeat(UUID session, int slot, long generation, String holder, long leaseUntil) {}
