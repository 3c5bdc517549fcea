package ai.coditect.licensing.api.fakes;

import ai.coditect.licensing.stores.ledger.BorrowConfirmation;
import ai.coditect.licensing.stores.ledger.BorrowOutcome;
import ai.coditect.licensing.stores.ledger.Denial;
import ai.coditect.licensing.stores.ledger.GrantOutcome;
import ai.coditect.licensing.stores.ledger.GrantRequest;
import ai.coditect.licensing.stores.ledger.HeldSeat;
import ai.coditect.licensing.stores.ledger.HeldSeats;
import ai.coditect.licensing.stores.ledger.LedgerUnavailableException;
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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A ledger that answers what it is told to, in turn, and remembers what it was asked. */
public final class ScriptedLedger implements SeatLedger {

  public final Map<String, LicensedPool> poolsByKey = new HashMap<>();
  public final Deque<GrantOutcome> grants = new ArrayDeque<>();
  public final List<GrantRequest> requests = new CopyOnWriteArrayList<>();
  public final Deque<BorrowOutcome> borrows = new ArrayDeque<>();
  public final List<BorrowConfirmation> confirmations = new CopyOnWriteArrayList<>();
  public final List<UUID> withdrawn = new CopyOnWriteArrayList<>();
  public final List<UUID> givenBack = new CopyOnWriteArrayList<>();
  public final Map<UUID, RenewOutcome> renewals = new HashMap<>();
  public final List<Integer> manyRenewals = new CopyOnWriteArrayList<>();
  public final Map<UUID, ReleaseOutcome> releases = new HashMap<>();
  public final Map<UUID, SessionStanding> standings = new HashMap<>();
  public final Map<UUID, String> principals = new HashMap<>();
  public final List<String> forcedBy = new CopyOnWriteArrayList<>();
  public final List<HeldSeat> heldSeats = new ArrayList<>();
  public volatile Optional<String> callers = Optional.of("{\"bareLicenseKey\":\"Allowed\"}");
  public final List<Denial> denials = new CopyOnWriteArrayList<>();
  public final Deque<Sweep> sweeps = new ArrayDeque<>();
  public final List<Optional<Sweep.Position>> sweptFrom = new CopyOnWriteArrayList<>();
  public final List<LiveSlot> liveSlots = new ArrayList<>();
  public final List<PublishedStatement> published = new CopyOnWriteArrayList<>();
  public final AtomicInteger keyLookups = new AtomicInteger();
  public final AtomicInteger slotReads = new AtomicInteger();
  public volatile Optional<RootVersions> rootVersions = Optional.of(RootVersions.of("root-1"));
  public volatile boolean away;
  public volatile boolean refusesStatements;
  public volatile Runnable beforeSlotRead = () -> {};
  public volatile Runnable beforeGrant = () -> {};
  public volatile Runnable beforeManyRenewals = () -> {};
  public volatile Runnable beforeSweep = () -> {};
  public volatile Runnable beforeStatements = () -> {};
  public volatile Runnable beforeKeyLookup = () -> {};
  public volatile Runnable beforeRevokedSlots = () -> {};
  public volatile RevokedSlots revokedSlots = new RevokedSlots(Seats.NOW, List.of(), true);

  @Override
  public Optional<LicensedPool> poolOfKey(String licenseKeySha256Hex) {
    keyLookups.incrementAndGet();
    beforeKeyLookup.run();
    requireThere();
    return Optional.ofNullable(poolsByKey.get(licenseKeySha256Hex));
  }

  @Override
  public Optional<LicensedPool> pool(String poolId) {
    requireThere();
    return poolsByKey.values().stream().filter(pool -> pool.poolId().equals(poolId)).findAny();
  }

  @Override
  public GrantOutcome grant(GrantRequest request) {
    requireThere();
    requests.add(request);
    beforeGrant.run();
    return grants.remove();
  }

  @Override
  public RenewOutcome renew(UUID sessionId) {
    requireThere();
    return renewals.getOrDefault(sessionId, new RenewOutcome.UnknownSession());
  }

  @Override
  public List<RenewOutcome> renew(List<UUID> sessionIds) {
    manyRenewals.add(sessionIds.size());
    beforeManyRenewals.run();
    return sessionIds.stream()
        .map(id -> away ? new RenewOutcome.Unavailable() : renew(id))
        .toList();
  }

  @Override
  public SessionStanding standing(UUID sessionId) {
    requireThere();
    return standings.getOrDefault(sessionId, new SessionStanding.Unknown());
  }

  @Override
  public void record(List<Denial> more) {
    requireThere();
    denials.addAll(more);
  }

  @Override
  public Sweep sweep(Optional<Sweep.Position> from) {
    requireThere();
    sweptFrom.add(from);
    beforeSweep.run();
    return sweeps.isEmpty() ? new Sweep(List.of(), Optional.empty()) : sweeps.remove();
  }

  @Override
  public ReleaseOutcome release(UUID sessionId) {
    requireThere();
    return releases.getOrDefault(sessionId, new ReleaseOutcome.UnknownSession());
  }

  @Override
  public BorrowOutcome confirmBorrow(BorrowConfirmation confirmation) {
    requireThere();
    confirmations.add(confirmation);
    return borrows.remove();
  }

  @Override
  public void withdrawBorrow(UUID sessionId) {
    withdrawn.add(sessionId);
  }

  @Override
  public ReleaseOutcome giveBack(UUID sessionId) {
    givenBack.add(sessionId);
    return release(sessionId);
  }

  @Override
  public ReleaseOutcome forceOut(UUID sessionId, String principal) {
    forcedBy.add(principal);
    return release(sessionId);
  }

  @Override
  public Map<UUID, String> principalsOf(Collection<UUID> sessionIds) {
    requireThere();
    Map<UUID, String> asked = new HashMap<>(principals);
    asked.keySet().retainAll(sessionIds);
    return asked;
  }

  @Override
  public HeldSeats heldSeats(
      Optional<String> poolId, Optional<HeldSeat.Position> after, int atMost) {
    requireThere();
    List<HeldSeat> all =
        heldSeats.stream()
            .filter(seat -> poolId.filter(id -> !id.equals(seat.position().poolId())).isEmpty())
            .filter(seat -> after.filter(last -> seat.position().slot() <= last.slot()).isEmpty())
            .toList();
    List<HeldSeat> page = all.stream().limit(atMost).toList();
    return new HeldSeats(
        page, page.size() < all.size() ? Optional.of(page.getLast().position()) : Optional.empty());
  }

  @Override
  public Optional<String> callers() {
    requireThere();
    return callers;
  }

  @Override
  public Stream<LiveSlot> liveSlots(String poolId) {
    slotReads.incrementAndGet();
    beforeSlotRead.run();
    requireThere();
    return liveSlots.stream();
  }

  @Override
  public Optional<RootVersions> rootVersions() {
    requireThere();
    return rootVersions;
  }

  @Override
  public void publishStatement(PublishedStatement statement) {
    requireThere();
    if (refusesStatements) {
      throw new LedgerUnavailableException("told to store no statement", null);
    }
    published.add(statement);
  }

  @Override
  public List<PublishedStatement> statements() {
    beforeStatements.run();
    requireThere();
    return List.copyOf(published);
  }

  @Override
  public RevokedSlots revokedSlots(int atMost) {
    beforeRevokedSlots.run();
    requireThere();
    return revokedSlots;
  }

  @Override
  public boolean writable() {
    return !away;
  }

  @Override
  public void close() {}

  private void requireThere() {
    if (away) {
      throw new LedgerUnavailableException("told to be away", null);
    }
  }
}
