package ai.coditect.licensing.stores.ledger;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * A seat that is held, for people to look at.
 *
 * @param holder lower-case hex SHA-256 that identifies the holder in its pool
 * @param key what its pool calls the licence key that opened the session
 * @param principal issuer and subject of the bearer token that opened it; empty where there was
 *     none
 * @param leaseUntil when the lease ends without another heartbeat; as all instants here by
 *     Postgres' clock
 * @param borrowedUntil the end that the seat is borrowed for; empty where it is not
 */
public record HeldSeat(
    UUID sessionId,
    Position position,
    String holder,
    String key,
    String principal,
    Instant acquiredAt,
    Instant lastHeartbeat,
    Instant leaseUntil,
    Optional<Instant> borrowedUntil) {

  /** Where in the tenant's seats it is. */
  public record Position(String poolId, int slot) {}
}
