package ai.coditect.licensing.stores.ledger;

import java.util.Optional;
import java.util.UUID;

/**
 * Acquires or heartbeats that were refused, for the record.
 *
 * @param poolId empty where the key opened none, or the session tells it
 * @param reason the last part of the problem's type that was answered
 * @param holder lower-case hex SHA-256; empty where it stands for many holders, or the session
 *     tells it
 * @param session whose heartbeat was refused: the ledger looks up its pool and holder; empty for an
 *     acquire
 * @param times how often, since what was recorded before
 */
public record Denial(
    Optional<String> poolId,
    String reason,
    Optional<String> holder,
    Optional<UUID> session,
    long times) {

  /** Acquires that were refused. */
  public Denial(Optional<String> poolId, String reason, Optional<String> holder, long times) {
    this(poolId, reason, holder, Optional.empty(), times);
  }

  /** Heartbeats of a session that were refused. */
  public static Denial ofSession(UUID session, String reason, long times) {
    return new Denial(Optional.empty(), reason, Optional.empty(), Optional.of(session), times);
  }
}
