package ai.coditect.licensing.api.seats;

import ai.coditect.licensing.api.signing.SignedBorrow;
import java.util.Optional;

/** What became of a wish to borrow a seat. */
public sealed interface BorrowResult {

  /** The seat is the applicant's until the end that it is borrowed for. */
  record Borrowed(SignedBorrow seat) implements BorrowResult {}

  /**
   * The applicant borrowed nothing.
   *
   * @param poolId the pool that the key opens; empty where that is not known
   */
  record Refused(Optional<String> poolId, Refusal why) implements BorrowResult {}
}
