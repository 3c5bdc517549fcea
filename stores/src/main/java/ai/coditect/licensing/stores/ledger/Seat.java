package ai.coditect.licensing.stores.ledger;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A held seat as its transaction left it. All instants are Postgres' clock.
 *
 * @param slot the slot's number, from 1
 * @param slotGeneration rises each time the slot changes hands or its holder acquires anew
 * @param grantedAt the transaction's instant
 * @param leaseUntil when the seat is free again unless a heartbeat comes first
 * @param borrowedUntil the end that the seat is borrowed for, or set aside to be; empty where it is
 *     not, or that has passed
 * @param licenseEnd when the pool's licence ends, before its days of grace; empty where it never
 *     does
 */
public record Seat(
    UUID sessionId,
    String poolId,
    String product,
    List<String> entitlements,
    int slot,
    long slotGeneration,
    String holder,
    String hardwareHash,
    Instant grantedAt,
    Instant leaseUntil,
    Optional<Instant> borrowedUntil,
    Optional<Instant> licenseEnd,
    Duration lease) {

  /**
   * When the session was granted, cut to a millisecond, which its name tells. The instant of this
   * answer where the name does not: pods of an older version gave such names.
   */
  public Instant sessionBegan() {
    return TimeOrderedIds.timeOf(sessionId).orElse(grantedAt);
  }

  /** Whether this answer granted the session, and neither renewed it nor repeated its grant. */
  public boolean isOfNewSession() {
    return !sessionBegan().isBefore(grantedAt.truncatedTo(ChronoUnit.MILLIS));
  }
}
