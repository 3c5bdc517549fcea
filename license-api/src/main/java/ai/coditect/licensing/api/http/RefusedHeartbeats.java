package ai.coditect.licensing.api.http;

import ai.coditect.licensing.api.seats.Denials;
import ai.coditect.licensing.api.seats.HeartbeatResult;
import java.util.Optional;
import java.util.UUID;

/**
 * Makes a problem of each heartbeat that kept no seat, and puts those that were refused on record.
 */
final class RefusedHeartbeats {

  private static final int FAILURES = 500;

  private final Denials denials;

  RefusedHeartbeats(Denials denials) {
    this.denials = denials;
  }

  Problem problem(UUID session, HeartbeatResult.NotKept why) {
    Problem problem = SeatProblems.of(why);
    if (problem.type().status() < FAILURES) {
      denials.refused(known(session, problem), problem.type().slug());
    }
    return problem;
  }

  /** Names that nobody was ever given are many, and tell nothing. */
  private static Optional<UUID> known(UUID session, Problem problem) {
    return problem.type() == ProblemType.UNKNOWN_SESSION ? Optional.empty() : Optional.of(session);
  }
}
