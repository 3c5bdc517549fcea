package ai.coditect.licensing.stores.seats;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Whether a request may go on.
 *
 * @param refusedBy whose share of this second is used up; empty where the request may go on
 * @param untilNext how long until the next second begins
 * @param quotas what was counted; nothing where no limits are set, and where nobody could count
 */
public record Admission(Optional<Scope> refusedBy, Duration untilNext, List<Quota> quotas) {

  /** Goes on; nobody counted it yet. */
  public static final Admission UNCOUNTED =
      new Admission(Optional.empty(), Duration.ZERO, List.of());

  public Admission {
    quotas = List.copyOf(quotas);
  }

  public boolean isRefused() {
    return refusedBy.isPresent();
  }

  /** For whom a limit holds. */
  public enum Scope {
    TENANT,
    PRINCIPAL
  }

  /**
   * A limit and what it still admits.
   *
   * @param perSecond the limit
   * @param left of this second
   */
  public record Quota(Scope scope, long perSecond, long left) {}
}
