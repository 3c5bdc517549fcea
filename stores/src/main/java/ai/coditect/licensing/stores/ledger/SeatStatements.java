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

/** The statements of one tenant's grants, renewals and releases, in the order they are run. */
interface SeatStatements {

  /**
   * Locks the named pools and those of the sessions, in the order of their keys, against the
   * operator. A shared lock does not wait: pools that are locked are left out.
   */
  Map<String, LockedPool> lockPools(
      Collection<String> poolIds, Collection<UUID> sessions, PoolLock lock) throws SQLException;

  /** Which of these pools there are, locked or not. */
  Set<String> existing(Collection<String> poolIds) throws SQLException;

  /**
   * Locks every slot the calls may touch, if nobody else is at it: those of the sessions, the
   * holders' own, and the named ones.
   */
  SlotLocks lockSlots(
      Collection<UUID> sessions, Collection<GrantRequest> grants, Collection<SlotKey> named)
      throws SQLException;

  /**
   * Postgres' clock and the pools' valid keys. A statement of its own, so that it begins after all
   * locks are held: neither the transaction's start nor the start of a statement that waited for
   * locks is now, and a lease that ended in between must not be seen as live.
   */
  Facts facts(Collection<String> poolIds) throws SQLException;

  /**
   * What was granted under these keys before, by the key. A statement of its own, as {@link
   * #facts}: whoever had the locks before may have written it.
   */
  Map<String, EarlierGrant> earlierGrants(Collection<String> keySha256Hexes) throws SQLException;

  /**
   * Which of these pools may have a holder beyond their limit. A lease that has ended counts until
   * its slot is cleared away: a renewal under way may have found it live.
   */
  List<String> exceeded(Collection<String> poolIds) throws SQLException;

  /**
   * How many seats are left in a pool. Exact only while its row is locked exclusively: a renewal
   * under way may have found a lease live that has ended for this statement.
   */
  int room(String poolId, Instant now) throws SQLException;

  /** Locks slots beyond the limit whose lease has ended, a thousand at most. */
  List<LockedSlot> lockEndedBeyond(String poolId, int seats, Instant now) throws SQLException;

  /** Locks free slots of the pool, passing over those another transaction is at. */
  List<LockedSlot> lockFreeSlots(
      String poolId, int seats, Instant now, Collection<Integer> except, int atMost)
      throws SQLException;

  /**
   * Writes all that was decided.
   *
   * @throws ContestedSlotException where a slot has not the generation that was seen
   * @throws SQLException of a unique violation where another transaction granted something to the
   *     same holder, or under the same idempotency key
   */
  void write(BatchPlan plan) throws SQLException;

  /** How each of the sessions ended; a session that is unknown is absent. */
  Map<UUID, SessionFate> fates(Collection<UUID> sessions, Instant now) throws SQLException;

  /**
   * How full the pool is, if no seat is left; passes over no locked row.
   *
   * @param holders who wants to know whether it has one of the seats
   */
  Optional<FullPool> full(String poolId, Collection<String> holders) throws SQLException;

  /**
   * What is known once all locks are held.
   *
   * @param now Postgres' clock
   * @param validKeys number of each valid key by its hash, by pool
   */
  record Facts(Instant now, Map<String, Map<String, Integer>> validKeys) {}

  /**
   * What history knows of a session.
   *
   * @param end empty where it has not been told of one
   * @param holderIsLive whether its holder has a seat of the pool now
   */
  record SessionFate(Optional<EndReason> end, boolean holderIsLive) {}

  /**
   * A pool in which no seat is left.
   *
   * @param untilFirstLeaseEnds zero where the pool has no seats, else a millisecond at least
   * @param holders those who asked and have one of its seats
   */
  record FullPool(Duration untilFirstLeaseEnds, Set<String> holders) {}
}
