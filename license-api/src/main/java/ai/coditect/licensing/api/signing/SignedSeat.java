package ai.coditect.licensing.api.signing;

import ai.coditect.licensing.stores.ledger.Seat;
import java.time.Duration;
import java.time.Instant;

/**
 * A held seat with its proof.
 *
 * @param seat what the ledger granted
 * @param token JWS compact, {@code typ: seat+jwt}
 * @param statement JWS compact, {@code typ: keystmt+jwt}, about the key that signed the token
 * @param expiresAt when the token ends: before the lease does, by the ledger's clock
 */
public record SignedSeat(Seat seat, String token, String statement, Instant expiresAt) {

  private static final int HEARTBEATS_PER_LEASE = 3;

  /** What remained of the token when it was granted, whole seconds. */
  public long expiresInSeconds() {
    return Duration.between(seat.grantedAt(), expiresAt).toSeconds();
  }

  /**
   * When to send the next heartbeat: after a third of the lease, so that an outage of half a lease
   * goes unnoticed; sooner where the token ends before.
   */
  public long heartbeatAfterSeconds() {
    long third = seat.lease().toSeconds() / HEARTBEATS_PER_LEASE;
    return Math.max(1, Math.min(third, expiresInSeconds() / 2));
  }
}
