package ai.coditect.licensing.stores.ledger;

import java.util.Optional;

/**
 * Acquires that were refused, for the record.
 *
 * @param poolId empty where the key opened none
 * @param reason the last part of the problem's type that was answered
 * @param holder lower-case hex SHA-256; empty where it stands for many holders
 * @param times how often, since what was recorded before
 */
public record Denial(Optional<String> poolId, String reason, Optional<String> holder, long times) {}
