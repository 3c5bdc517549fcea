package ai.coditect.licensing.api.signing;

import ai.coditect.licensing.tokens.LeafKey;
import ai.coditect.licensing.tokens.SeatToken;
import java.time.Instant;
import java.util.List;

/** Signs a token of no worth, by a key that nobody certifies, so that the real ones are fast. */
public final class SigningRehearsal implements Runnable {

  private static final String NOBODY = "rehearsal";

  private final LeafKey key = LeafKeys.fresh();

  @Override
  public void run() {
    Instant now = Instant.EPOCH;
    key.sign(
        new SeatToken(
            SeatToken.issuerOf(NOBODY),
            NOBODY,
            NOBODY,
            NOBODY,
            NOBODY,
            1,
            0,
            List.of(),
            now,
            now,
            now.plusSeconds(1),
            NOBODY,
            "0".repeat(64)));
  }
}
