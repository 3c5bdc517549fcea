package ai.coditect.licensing.api.signing;

import ai.coditect.licensing.stores.ledger.Seat;
import ai.coditect.licensing.tokens.SeatToken;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** What a token says of a seat, whichever key signs it. */
final class SeatClaims {

  private SeatClaims() {}

  static SeatToken of(String tenantId, Seat seat, Instant expiresAt) {
    return new SeatToken(
        SeatToken.issuerOf(tenantId),
        seat.product(),
        seat.sessionId().toString(),
        tenantId,
        seat.poolId(),
        seat.slot(),
        seat.slotGeneration(),
        seat.entitlements(),
        seat.grantedAt(),
        seat.grantedAt(),
        expiresAt,
        newTokenId(),
        seat.hardwareHash());
  }

  /** Unique, which is all that is asked of it: nothing is gained by guessing one. */
  private static String newTokenId() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return new UUID(random.nextLong(), random.nextLong()).toString();
  }
}
