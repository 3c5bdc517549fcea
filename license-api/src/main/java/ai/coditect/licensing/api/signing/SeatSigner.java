package ai.coditect.licensing.api.signing;

import ai.coditect.licensing.stores.ledger.Seat;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Signs seat tokens with this process's certified leaf key. */
public final class SeatSigner {

  /** The token ends this long before the lease, so that two clocks may differ by as much. */
  static final Duration CLOCK_MARGIN = Duration.ofSeconds(2);

  private final String tenantId;
  private final Supplier<Optional<CertifiedLeaf>> leaves;
  private final Clock clock;

  public SeatSigner(String tenantId, LeafKeeper leaves, Clock clock) {
    this(tenantId, leaves::current, clock);
  }

  /**
   * @param leaves the leaf that signs now
   */
  SeatSigner(String tenantId, Supplier<Optional<CertifiedLeaf>> leaves, Clock clock) {
    this.tenantId = tenantId;
    this.leaves = leaves;
    this.clock = clock;
  }

  /**
   * Returns if a token can be signed for a seat that is asked for now, by the time it is written.
   *
   * @throws SigningUnavailableException otherwise
   */
  public void requireAvailable() {
    Instant now = clock.instant();
    leaf(leaf -> leaf.outlivesGrantAt(now));
  }

  /**
   * Signs a token for the seat. It ends before the lease does, and not after the leaf's statement.
   *
   * @return empty where it would have ended by now
   * @throws SigningUnavailableException where no leaf is certified
   */
  public Optional<SignedSeat> sign(Seat seat) {
    CertifiedLeaf leaf = leaf(current -> current.signsAt(seat.grantedAt()));
    Instant expiresAt = earlier(endOf(seat), leaf.notAfter());
    if (!expiresAt.isAfter(seat.grantedAt())) {
      return Optional.empty();
    }
    String token = leaf.key().sign(SeatClaims.of(tenantId, seat, expiresAt));
    return Optional.of(new SignedSeat(seat, token, leaf.statement(), expiresAt));
  }

  /** When a token about the seat ends at the latest, by the ledger's clock. */
  public static Instant endOf(Seat seat) {
    return endBefore(seat.leaseUntil());
  }

  /** When a token ends at the latest about a seat that is held until then. */
  static Instant endBefore(Instant heldUntil) {
    return heldUntil.minus(CLOCK_MARGIN).truncatedTo(ChronoUnit.SECONDS);
  }

  private CertifiedLeaf leaf(Predicate<CertifiedLeaf> fit) {
    return leaves
        .get()
        .filter(fit)
        .orElseThrow(() -> new SigningUnavailableException("No leaf key is certified now"));
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }
}
