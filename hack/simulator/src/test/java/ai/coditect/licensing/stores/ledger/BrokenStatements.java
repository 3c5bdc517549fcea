package ai.coditect.licensing.stores.ledger;

import ai.coditect.licensing.simulator.Mutant;
import ai.coditect.licensing.stores.ledger.BatchPlan.SlotChange;
import ai.coditect.licensing.stores.ledger.ModelPostgres.Tx;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The ledger's statements, broken on purpose in one way. */
final class BrokenStatements implements SeatStatements {

  private final SeatStatements whole;
  private final Tx tx;
  private final Mutant mutant;

  BrokenStatements(SeatStatements whole, Tx tx, Mutant mutant) {
    this.whole = whole;
    this.tx = tx;
    this.mutant = mutant;
    if (mutant == Mutant.FORGET_THE_UNIQUE_HOLDER) {
      tx.forgetUniqueHolder();
    }
  }

  @Override
  public void lockAlone(Collection<String> poolIds) throws SQLException {
    if (mutant != Mutant.COUNT_WITHOUT_A_LOCK) {
      whole.lockAlone(poolIds);
    }
  }

  @Override
  public Seen look(Wanted wanted, PoolLock lock) throws SQLException {
    var seen =
        whole.look(
            mutant == Mutant.FORGET_THE_UNIQUE_HOLDER ? withoutHolders(wanted) : wanted,
            mutant == Mutant.COUNT_WITHOUT_A_LOCK ? PoolLock.SHARED : lock);
    return new Seen(
        seen.now(),
        seen.pools(),
        seen.busyPools(),
        seen.slots().stream().map(slot -> broken(slot, wanted)).toList(),
        seen.contested());
  }

  @Override
  public Instant clock() throws SQLException {
    return whole.clock();
  }

  @Override
  public List<SeenSlot> lockSlots(Collection<SlotKey> slots) throws SQLException {
    var locked = whole.lockSlots(slots);
    return switch (mutant) {
      case SWEEP_WITHOUT_A_SECOND_LOOK -> locked.stream().map(BrokenStatements::ended).toList();
      case TAKE_ONLY_WHAT_WAS_RELEASED -> locked.stream().map(this::live).toList();
      default -> locked;
    };
  }

  private static Wanted withoutHolders(Wanted wanted) {
    return new Wanted(wanted.poolIds(), wanted.sessions(), List.of(), wanted.named());
  }

  private SeenSlot broken(SeenSlot slot, Wanted wanted) {
    return switch (mutant) {
      case TRUST_REDIS -> wanted.named().contains(slot.key()) ? vacated(slot) : slot;
      case REVIVE_AN_ENDED_LEASE -> isOf(slot, wanted.sessions()) ? live(slot) : slot;
      case TAKE_ONLY_WHAT_WAS_RELEASED -> live(slot);
      default -> slot;
    };
  }

  private void forgetLocks() {
    if (mutant == Mutant.FORGET_GENERATIONS) {
      tx.unlockSlots();
    }
  }

  private static boolean isOf(SeenSlot slot, Collection<UUID> sessions) {
    return slot.session().filter(sessions::contains).isPresent();
  }

  private static SeenSlot vacated(SeenSlot slot) {
    return ModelPostgres.free(slot.key(), slot.generation());
  }

  /** Whatever lease it had has not ended yet. */
  private SeenSlot live(SeenSlot slot) {
    var soon = tx.now().plusSeconds(1);
    return new SeenSlot(
        slot.key(),
        slot.generation(),
        slot.session(),
        slot.holder(),
        slot.hardwareHash(),
        slot.keyNo(),
        slot.leaseUntil().map(until -> until.isAfter(soon) ? until : soon),
        slot.lastHeartbeat(),
        slot.borrowedUntil());
  }

  /** As it was when it was looked at first. */
  private static SeenSlot ended(SeenSlot slot) {
    return new SeenSlot(
        slot.key(),
        slot.generation(),
        slot.session(),
        slot.holder(),
        slot.hardwareHash(),
        slot.keyNo(),
        slot.leaseUntil().map(_ -> Instant.EPOCH),
        slot.lastHeartbeat(),
        slot.borrowedUntil());
  }

  @Override
  public List<String> exceeded(Collection<String> poolIds) throws SQLException {
    return mutant == Mutant.COUNT_NOTHING_AFTER_LOWERING ? List.of() : whole.exceeded(poolIds);
  }

  @Override
  public int room(String poolId, Instant now) throws SQLException {
    return whole.room(poolId, now);
  }

  @Override
  public int borrowed(String poolId, Instant now) throws SQLException {
    return whole.borrowed(poolId, now);
  }

  @Override
  public List<SeenSlot> lockEndedBeyond(String poolId, int seats, Instant now) throws SQLException {
    return whole.lockEndedBeyond(poolId, seats, now);
  }

  @Override
  public List<SeenSlot> lockFreeSlots(
      String poolId, int seats, Instant now, Collection<Integer> except, int atMost)
      throws SQLException {
    var free = whole.lockFreeSlots(poolId, seats, now, except, atMost);
    forgetLocks();
    return mutant == Mutant.TAKE_ONLY_WHAT_WAS_RELEASED
        ? free.stream().filter(slot -> slot.leaseUntil().isEmpty()).toList()
        : free;
  }

  @Override
  public Map<String, EarlierGrant> earlierGrants(Collection<String> keySha256Hexes)
      throws SQLException {
    return mutant == Mutant.FORGET_THE_IDEMPOTENCY_KEY
        ? Map.of()
        : whole.earlierGrants(keySha256Hexes);
  }

  @Override
  public void write(BatchPlan plan) throws SQLException {
    switch (mutant) {
      case FORGET_GENERATIONS -> {
        plan.freed().replaceAll(this::asItIs);
        plan.held().replaceAll(this::asItIs);
      }
      case FORGET_THE_LEASE_SEEN,
          TRUST_REDIS,
          REVIVE_AN_ENDED_LEASE,
          TAKE_ONLY_WHAT_WAS_RELEASED,
          SWEEP_WITHOUT_A_SECOND_LOOK -> {
        plan.freed().replaceAll(this::whateverItsLease);
        plan.held().replaceAll(this::whateverItsLease);
      }
      case FREE_WITHOUT_A_NEW_GENERATION -> plan.freed().replaceAll(BrokenStatements::unchanged);
      case GRANT_THE_SAME_GENERATION -> plan.held().replaceAll(BrokenStatements::unchanged);
      case FORGET_THE_IDEMPOTENCY_KEY -> plan.remembered().clear();
      case WRITE_NO_AUDIT -> plan.events().clear();
      case WRITE_NO_HISTORY -> plan.ended().clear();
      default -> {
        // Broken elsewhere.
      }
    }
    whole.write(plan);
  }

  private static SlotChange unchanged(SlotChange change) {
    return new SlotChange(
        change.key(), change.seen(), change.seenLeaseUntil(), change.seen(), change.state());
  }

  /** Writes whatever generation the row has by now. */
  private SlotChange asItIs(SlotChange change) {
    var seen = tx.slot(change.key()).map(SeenSlot::generation).orElse(change.seen());
    return whateverItsLease(
        new SlotChange(
            change.key(), seen, change.seenLeaseUntil(), change.generation(), change.state()));
  }

  private SlotChange whateverItsLease(SlotChange change) {
    return new SlotChange(
        change.key(),
        change.seen(),
        tx.slot(change.key()).flatMap(SeenSlot::leaseUntil),
        change.generation(),
        change.state());
  }

  @Override
  public Map<UUID, SessionFate> fates(Collection<UUID> sessions, Instant now) throws SQLException {
    return whole.fates(sessions, now);
  }

  @Override
  public Optional<FullPool> full(String poolId, Collection<String> holders) throws SQLException {
    return whole.full(poolId, holders);
  }
}
