package ai.coditect.licensing.api.faults;

import ai.coditect.licensing.stores.ledger.BorrowConfirmation;
import ai.coditect.licensing.stores.ledger.BorrowOutcome;
import ai.coditect.licensing.stores.ledger.Denial;
import ai.coditect.licensing.stores.ledger.GrantOutcome;
import ai.coditect.licensing.stores.ledger.GrantRequest;
import ai.coditect.licensing.stores.ledger.HeldSeat;
import ai.coditect.licensing.stores.ledger.HeldSeats;
import ai.coditect.licensing.stores.ledger.LicensedPool;
import ai.coditect.licensing.stores.ledger.LiveSlot;
import ai.coditect.licensing.stores.ledger.PublishedStatement;
import ai.coditect.licensing.stores.ledger.ReleaseOutcome;
import ai.coditect.licensing.stores.ledger.RenewOutcome;
import ai.coditect.licensing.stores.ledger.RevokedSlots;
import ai.coditect.licensing.stores.ledger.RootVersions;
import ai.coditect.licensing.stores.ledger.SeatLedger;
import ai.coditect.licensing.stores.ledger.SessionStanding;
import ai.coditect.licensing.stores.ledger.Sweep;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/** A ledger on the way to which there are steps. */
public final class SteppedLedger implements SeatLedger {

  private final SeatLedger ledger;
  private final Steps steps;

  public SteppedLedger(SeatLedger ledger, Steps steps) {
    this.ledger = ledger;
    this.steps = steps;
  }

  @Override
  public GrantOutcome grant(GrantRequest request) {
    steps.reached(Step.BEFORE_GRANT);
    GrantOutcome outcome = ledger.grant(request);
    if (outcome instanceof GrantOutcome.Granted) {
      steps.reached(Step.AFTER_GRANT);
    }
    return outcome;
  }

  @Override
  public RenewOutcome renew(UUID sessionId) {
    steps.reached(Step.BEFORE_RENEWAL);
    RenewOutcome outcome = ledger.renew(sessionId);
    if (outcome instanceof RenewOutcome.Renewed) {
      steps.reached(Step.AFTER_RENEWAL);
    }
    return outcome;
  }

  @Override
  public List<RenewOutcome> renew(List<UUID> sessionIds) {
    return ledger.renew(sessionIds);
  }

  @Override
  public ReleaseOutcome release(UUID sessionId) {
    steps.reached(Step.BEFORE_RELEASE);
    ReleaseOutcome outcome = ledger.release(sessionId);
    steps.reached(Step.AFTER_RELEASE);
    return outcome;
  }

  @Override
  public BorrowOutcome confirmBorrow(BorrowConfirmation confirmation) {
    return ledger.confirmBorrow(confirmation);
  }

  @Override
  public void withdrawBorrow(UUID sessionId) {
    ledger.withdrawBorrow(sessionId);
  }

  @Override
  public ReleaseOutcome giveBack(UUID sessionId) {
    return ledger.giveBack(sessionId);
  }

  @Override
  public ReleaseOutcome forceOut(UUID sessionId, String principal) {
    return ledger.forceOut(sessionId, principal);
  }

  @Override
  public Map<UUID, String> principalsOf(Collection<UUID> sessionIds) {
    return ledger.principalsOf(sessionIds);
  }

  @Override
  public HeldSeats heldSeats(
      Optional<String> poolId, Optional<HeldSeat.Position> after, int atMost) {
    return ledger.heldSeats(poolId, after, atMost);
  }

  @Override
  public Optional<String> callers() {
    return ledger.callers();
  }

  @Override
  public void publishStatement(PublishedStatement statement) {
    steps.reached(Step.BEFORE_PUBLICATION);
    ledger.publishStatement(statement);
    steps.reached(Step.AFTER_PUBLICATION);
  }

  @Override
  public Optional<LicensedPool> poolOfKey(String licenseKeySha256Hex) {
    return ledger.poolOfKey(licenseKeySha256Hex);
  }

  @Override
  public Optional<LicensedPool> pool(String poolId) {
    return ledger.pool(poolId);
  }

  @Override
  public SessionStanding standing(UUID sessionId) {
    return ledger.standing(sessionId);
  }

  @Override
  public Stream<LiveSlot> liveSlots(String poolId) {
    return ledger.liveSlots(poolId);
  }

  @Override
  public void record(List<Denial> denials) {
    ledger.record(denials);
  }

  @Override
  public Sweep sweep(Optional<Sweep.Position> from) {
    return ledger.sweep(from);
  }

  @Override
  public Optional<RootVersions> rootVersions() {
    return ledger.rootVersions();
  }

  @Override
  public List<PublishedStatement> statements() {
    return ledger.statements();
  }

  @Override
  public RevokedSlots revokedSlots(int atMost) {
    return ledger.revokedSlots(atMost);
  }

  @Override
  public boolean writable() {
    return ledger.writable();
  }

  @Override
  public void close() {
    ledger.close();
  }
}
