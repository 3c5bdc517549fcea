package ai.coditect.licensing.api.signing;

import ai.coditect.licensing.stores.keys.KeyRefusedException;
import ai.coditect.licensing.stores.keys.KeysUnavailableException;
import ai.coditect.licensing.stores.keys.RootKeys.RootKey;
import ai.coditect.licensing.stores.keys.RootSigner;
import ai.coditect.licensing.stores.ledger.RootVersions;
import ai.coditect.licensing.stores.ledger.Seat;
import ai.coditect.licensing.stores.ledger.SeatLedger;
import ai.coditect.licensing.tokens.BorrowedSeat;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the tenant's root sign the tokens of borrowed seats, which outlive every leaf. Each waits for
 * the key management service, for some seconds at most.
 */
public final class BorrowSigner {

  private static final Logger LOG = LoggerFactory.getLogger(BorrowSigner.class);

  private final String tenantId;
  private final SeatLedger ledger;
  private final RootSigner roots;

  public BorrowSigner(String tenantId, SeatLedger ledger, RootSigner roots) {
    this.tenantId = tenantId;
    this.ledger = ledger;
    this.roots = roots;
  }

  /**
   * Has a token signed that ends before what the seat is borrowed until, by the root that signs
   * now.
   *
   * @param seat that is set aside to be borrowed
   * @return empty where it would have ended by now
   * @throws SigningUnavailableException where the root cannot sign
   * @throws ai.coditect.licensing.stores.ledger.LedgerUnavailableException where it is away
   */
  public Optional<SignedBorrow> sign(Seat seat) {
    Instant expiresAt = SeatSigner.endBefore(seat.borrowedUntil().orElseThrow());
    return expiresAt.isAfter(seat.grantedAt())
        ? Optional.of(new SignedBorrow(seat, token(seat, expiresAt), expiresAt))
        : Optional.empty();
  }

  private String token(Seat seat, Instant expiresAt) {
    RootVersions versions =
        ledger
            .rootVersions()
            .orElseThrow(() -> new SigningUnavailableException("The tenant has no root key yet"));
    try {
      RootKey root = roots.read(versions.signing());
      return BorrowedSeat.issue(
          root.publicKey(),
          SeatClaims.of(tenantId, seat, expiresAt),
          digest -> roots.sign(root.version(), digest));
    } catch (KeysUnavailableException | KeyRefusedException e) {
      LOG.atWarn().addKeyValue("cause", e.toString()).log("No borrowed seat can be signed");
      throw new SigningUnavailableException("The tenant's root key cannot sign now");
    }
  }
}
