package ai.coditect.licensing.api.seats;

import ai.coditect.licensing.api.signing.SignedSeat;
import java.util.Optional;

/** What became of an acquire. */
public sealed interface AcquireResult {

  /** The applicant holds the seat. */
  record Acquired(SignedSeat seat) implements AcquireResult {}

  /**
   * The applicant holds no seat by this acquire.
   *
   * @param poolId the pool that the key opens; empty where that is not known
   */
  record Refused(Optional<String> poolId, Refusal why) implements AcquireResult {}
}
