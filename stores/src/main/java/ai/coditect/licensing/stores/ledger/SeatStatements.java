package ai.coditect.licensing.stores.ledger;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The statements of one tenant's grants, renewals and releases, in the order they are run. */
interface SeatStatements {

  /**
   * Locks pools, in the order of their names, to the transaction's end: nothing is granted, renewed
   * or released in them meanwhile, nor changed by the operator. Waits for whoever is at them.
   */
  void lockAlone(Collection<String> poolIds) throws SQLException;

  /**
   * Looks, in one snapshot, at everything the calls may touch: the named pools and those of the
   * sessions, the slots of the sessions, the holders' own, and the named ones. Keeps the operator
   * off the pools to the transaction's end, where it is not at them already. The clock is read
   * after that: who counts a pool's holders alone, and who comes after, do not see a lease
   * differently.
   *
   * <p>No slot is locked: {@link #write} fails where one is no longer as it was seen. So a process
   * that is held up between the two keeps nobody from a seat.
   *
   * @param lock exclusive after {@link #lockAlone} of the same pools
   */
  Seen look(Wanted wanted, PoolLock lock) throws SQLException;

  /** Postgres' clock. */
  Instant clock() throws SQLException;

  /** Locks those of the slots that there are and nobody else is at, and reads them anew. */
  List<SeenSlot> lockSlots(Collection<SlotKey> slots) throws SQLException;

  /**
   * What was granted under these keys before, by the key. A statement behind {@link #look}: the
   * slot of a grant that it sees may have been seen too early.
   */
  Map<String, EarlierGrant> earlierGrants(Collection<String> keySha256Hexes) throws SQLException;

  /**
   * Which of these pools may have a holder beyond their limit. A lease that has ended counts until
   * its slot is cleared away: a renewal under way may have found it live.
   */
  List<String> exceeded(Collection<String> poolIds) throws SQLException;

  /**
   * How many seats are left in a pool. Exact only while it is locked exclusively: a renewal under
   * way may have found a lease live that has ended for this statement.
   */
  int room(String poolId, Instant now) throws SQLException;

  /** How many seats of a pool are borrowed, or set aside to be. Exact only as {@link #room}. */
  int borrowed(String poolId, Instant now) throws SQLException;

  /** Locks slots beyond the limit whose lease has ended, a thousand at most. */
  List<SeenSlot> lockEndedBeyond(String poolId, int seats, Instant now) throws SQLException;

  /** Locks free slots of the pool, passing over those another transaction is at. */
  List<SeenSlot> lockFreeSlots(
      String poolId, int seats, Instant now, Collection<Integer> except, int atMost)
      throws SQLException;

  /**
   * Writes all that was decided.
   *
   * @throws SQLException where a pool or a slot is no longer as it was seen (a serialization
   *     failure), or another transaction granted something to the same holder, or under the same
   *     idempotency key (a unique violation)
   */
  void write(BatchPlan plan) throws SQLException;

  /** How each of the sessions ended; one that has not, or is unknown, is absent. */
  Map<UUID, SessionFate> fates(Collection<UUID> sessions, Instant now) throws SQLException;

  /**
   * How full the pool is, if no seat is left; passes over no locked row.
   *
   * @param holders who wants to know whether it has one of the seats
   */
  Optional<FullPool> full(String poolId, Collection<String> holders) throws SQLException;

  /**
   * What calls may touch.
   *
   * @param named slots that are asked for by their number
   */
  record Wanted(
      Collection<String> poolIds,
      Collection<UUID> sessions,
      Collection<GrantRequest> grants,
      Collection<SlotKey> named) {}

  /**
   * What was seen.
   *
   * @param now Postgres' clock: a slot's lease had ended by then, or not, as the slot says
   * @param pools those that there are
   * @param busyPools those of them that the operator is at, or somebody who counts
   * @param slots each once or more often
   * @param contested slots that somebody else is at, as far as that was asked
   */
  record Seen(
      Instant now,
      Map<String, SeenPool> pools,
      Set<String> busyPools,
      List<SeenSlot> slots,
      Set<SlotKey> contested) {

    /**
     * The same with slots that were locked and read anew; others are left as they were seen.
     *
     * @param later the clock after that: what is read of them happened before
     */
    Seen locked(List<SeenSlot> locked, Instant later) {
      var keys = locked.stream().map(SeenSlot::key).collect(Collectors.toSet());
      var others = slots.stream().filter(slot -> !keys.contains(slot.key())).toList();
      return new Seen(
          later,
          pools,
          busyPools,
          Stream.concat(locked.stream(), others.stream()).toList(),
          others.stream().map(SeenSlot::key).collect(Collectors.toSet()));
    }
  }

  /**
   * What history knows of a session that has ended.
   *
   * @param holderIsLive whether its holder has a seat of the pool now
   */
  record SessionFate(EndReason end, boolean holderIsLive) {}

  /**
   * A pool in which no seat is left.
   *
   * @param untilFirstLeaseEnds zero where the pool has no seats, else a millisecond at least
   * @param holders those who asked and have one of its seats
   */
  record FullPool(Duration untilFirstLeaseEnds, Set<String> holders) {}
}
