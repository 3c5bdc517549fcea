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
import java.util.function.UnaryOperator;

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
  public Locked lock(Wanted wanted, PoolLock lock) throws SQLException {
    var locked =
        whole.lock(
            mutant == Mutant.FORGET_THE_UNIQUE_HOLDER ? withoutHolders(wanted) : wanted,
            mutant == Mutant.COUNT_WITHOUT_A_LOCK ? PoolLock.SHARED : lock);
    forgetLocks();
    return new Locked(
        locked.poolIds(), broken(locked.slots(), wanted), locked.now(), locked.pools());
  }

  private static Wanted withoutHolders(Wanted wanted) {
    return new Wanted(wanted.poolIds(), wanted.sessions(), List.of(), wanted.named());
  }

  private SlotLocks broken(SlotLocks locks, Wanted wanted) {
    return switch (mutant) {
      case TRUST_REDIS ->
          map(locks, slot -> wanted.named().contains(slot.key()) ? vacated(slot) : slot);
      case REVIVE_AN_ENDED_LEASE ->
          map(locks, slot -> isOf(slot, wanted.sessions()) ? live(slot) : slot);
      case TAKE_ONLY_WHAT_WAS_RELEASED -> map(locks, this::live);
      case SWEEP_WITHOUT_A_SECOND_LOOK ->
          wanted.sessions().isEmpty() && wanted.grants().isEmpty()
              ? map(locks, BrokenStatements::ended)
              : locks;
      default -> locks;
    };
  }

  private void forgetLocks() {
    if (mutant == Mutant.FORGET_LOCKS_AND_GENERATIONS) {
      tx.unlockSlots();
    }
  }

  private static boolean isOf(LockedSlot slot, Collection<UUID> sessions) {
    return slot.session().filter(sessions::contains).isPresent();
  }

  private static SlotLocks map(SlotLocks locks, UnaryOperator<LockedSlot> change) {
    return new SlotLocks(locks.held().stream().map(change).toList(), locks.passedOver());
  }

  private static LockedSlot vacated(LockedSlot slot) {
    return ModelPostgres.free(slot.key(), slot.generation());
  }

  /** Whatever lease it had has not ended yet. */
  private LockedSlot live(LockedSlot slot) {
    var soon = tx.now().plusSeconds(1);
    return new LockedSlot(
        slot.key(),
        slot.generation(),
        slot.session(),
        slot.holder(),
        slot.hardwareHash(),
        slot.keyNo(),
        slot.leaseUntil().map(until -> until.isAfter(soon) ? until : soon),
        slot.lastHeartbeat());
  }

  /** As it was when it was looked at first. */
  private static LockedSlot ended(LockedSlot slot) {
    return new LockedSlot(
        slot.key(),
        slot.generation(),
        slot.session(),
        slot.holder(),
        slot.hardwareHash(),
        slot.keyNo(),
        slot.leaseUntil().map(_ -> Instant.EPOCH),
        slot.lastHeartbeat());
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
  public List<LockedSlot> lockEndedBeyond(String poolId, int seats, Instant now)
      throws SQLException {
    return whole.lockEndedBeyond(poolId, seats, now);
  }

  @Override
  public List<LockedSlot> lockFreeSlots(
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
      case FORGET_LOCKS_AND_GENERATIONS -> {
        plan.freed().replaceAll(this::asItIs);
        plan.held().replaceAll(this::asItIs);
      }
      case FREE_WITHOUT_A_NEW_GENERATION -> plan.freed().replaceAll(BrokenStatements::unchanged);
      case GRANT_THE_SAME_GENERATION -> plan.held().replaceAll(BrokenStatements::unchanged);
      case FORGET_THE_IDEMPOTENCY_KEY -> plan.remembered().clear();
      case WRITE_NO_AUDIT -> plan.events().clear();
      default -> {
        // Broken elsewhere.
      }
    }
    whole.write(plan);
  }

  private static SlotChange unchanged(SlotChange change) {
    return new SlotChange(change.key(), change.seen(), change.seen(), change.state());
  }

  /** Writes whatever generation the row has by now. */
  private SlotChange asItIs(SlotChange change) {
    var seen = tx.slot(change.key()).map(LockedSlot::generation).orElse(change.seen());
    return new SlotChange(change.key(), seen, change.generation(), change.state());
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
