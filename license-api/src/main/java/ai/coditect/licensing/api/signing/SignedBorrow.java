package ai.coditect.licensing.api.signing;

import ai.coditect.licensing.stores.ledger.Seat;
import java.time.Duration;
import java.time.Instant;

/**
 * A borrowed seat with its proof, which needs no statement.
 *
 * @param token JWS compact, {@code typ: borrowed-seat+jwt}
 * @param expiresAt when the token ends: before the seat does, by the ledger's clock
 */
public record SignedBorrow(Seat seat, String token, Instant expiresAt) {

  /** What remained of the token when it was granted, whole seconds. */
  public long expiresInSeconds() {
    return Duration.between(seat.grantedAt(), expiresAt).toSeconds();
  }
}
