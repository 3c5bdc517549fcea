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
   * Three statements, each of which begins when the one before has ended.
   *
   * <p>The first locks the named pools and those of the sessions, in the order of their keys,
   * against the operator. A shared lock does not wait: pools that somebody has, or waits for, alone
   * are left out.
   *
   * <p>The second locks every slot the calls may touch, if nobody else is at it: those of the
   * sessions, the holders' own, and the named ones.
   *
   * <p>The third reads Postgres' clock, the pools and their valid keys. Neither the transaction's
   * start nor that of a statement that waited for locks is now: a lease that ended in between must
   * not be seen as live, nor a pool as it was before whoever had its lock changed it.
   */
  Locked lock(Wanted wanted, PoolLock lock) throws SQLException;

  /**
   * What was granted under these keys before, by the key. A statement behind {@link #lock}: whoever
   * had the locks before may have written it.
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

  /** Locks slots beyond the limit whose lease has ended, a thousand at most. */
  List<LockedSlot> lockEndedBeyond(String poolId, int seats, Instant now) throws SQLException;

  /** Locks free slots of the pool, passing over those another transaction is at. */
  List<LockedSlot> lockFreeSlots(
      String poolId, int seats, Instant now, Collection<Integer> except, int atMost)
      throws SQLException;

  /**
   * Writes all that was decided.
   *
   * @throws SQLException where a slot has not the generation that was seen (a serialization
   *     failure), or another transaction granted something to the same holder, or under the same
   *     idempotency key (a unique violation)
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
   * What is known once all locks are held.
   *
   * @param poolIds of which the lock is held, whether or not there is such a pool
   * @param now Postgres' clock
   * @param pools those that there are and whose lock is held
   */
  record Locked(Set<String> poolIds, SlotLocks slots, Instant now, Map<String, LockedPool> pools) {}

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
