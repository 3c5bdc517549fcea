package ai.coditect.licensing.stores.ledger;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * When a licence holds. No token ends later than the last day of grace does.
 *
 * @param notBefore empty where it has always held
 * @param notAfter empty where it never ends
 * @param grace how long seats are still granted and renewed after its end
 */
public record Validity(Optional<Instant> notBefore, Optional<Instant> notAfter, Duration grace) {

  /** A licence that has always held and never ends. */
  public static final Validity UNLIMITED =
      new Validity(Optional.empty(), Optional.empty(), Duration.ZERO);

  /** When the last day of grace ends, if there is such a day. */
  public Optional<Instant> end() {
    return notAfter.map(end -> end.plus(grace));
  }
}
