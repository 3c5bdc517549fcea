package ai.coditect.licensing.stores.seats;

import java.time.Duration;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * Redis: which slot looks free. It makes the ledger fast and is never right: it may be empty, stale
 * or away. No method throws because Redis is away, except those of the operator ({@link #setLimit},
 * {@link #hasLimit}, {@link #forget}), which throw {@link SeatIndexUnavailableException} so that
 * the operator can say so.
 */
public interface SeatIndex extends AutoCloseable {

  /**
   * Proposes a slot for the holder and sets a free one aside for a moment, so that two callers are
   * not sent to the same one.
   */
  Choice choose(PoolRef pool, String holder);

  /**
   * Tells that the slot is held; ignored unless it is newer than what is known of the slot. Does
   * not wait. What is told before a choice is asked for is known to that choice.
   */
  void held(PoolRef pool, HeldSlot slot);

  /** Tells that the slot is free since this generation. Does not wait. */
  void freed(PoolRef pool, int slot, long slotGeneration);

  /**
   * Replaces what is known of the pool by what the ledger says. While that goes on, free slots that
   * were read already are proposed. Where it fails, another load can begin at once.
   *
   * @param revision of the ledger's pool record
   * @param held the pool's live slots by rising number; read from the ledger only while it is
   *     consumed here, so that no change between reading and loading is lost; what it throws is
   *     thrown here
   */
  LoadOutcome load(PoolRef pool, int seats, long revision, Stream<HeldSlot> held);

  /**
   * Sets the pool's limit, unless a newer revision of the ledger's pool record did.
   *
   * @return whether Redis held another one, or none
   * @throws SeatIndexUnavailableException where Redis is away
   */
  boolean setLimit(PoolRef pool, int seats, long revision);

  /**
   * Whether the pool has this limit, of this revision.
   *
   * @throws SeatIndexUnavailableException where Redis is away
   */
  boolean hasLimit(PoolRef pool, int seats, long revision);

  /**
   * Removes every key of the pool.
   *
   * @throws SeatIndexUnavailableException where Redis is away
   */
  void forget(PoolRef pool);

  @Override
  void close();

  /**
   * A pool's name in Redis.
   *
   * @param tenantId the tenant
   * @param poolId the pool
   */
  record PoolRef(String tenantId, String poolId) {}

  /**
   * A slot somebody holds, with what remains of the lease: never an instant, since Redis has a
   * clock of its own.
   */
  record HeldSlot(int slot, long slotGeneration, String holder, Duration remaining) {}

  /** What Redis proposes. */
  sealed interface Choice {
    /** The holder has this slot already. */
    record Own(int slot) implements Choice {}

    /** This slot looks free and is set aside for the caller for a moment. */
    record Free(int slot) implements Choice {}

    /**
     * No slot looks free.
     *
     * @param endsFirst the held slot whose lease ends first; empty where none is held
     */
    record Full(OptionalInt endsFirst) implements Choice {}

    /**
     * The pool, or the part of it that has free slots, is not in Redis: load it from the ledger.
     */
    record NotLoaded() implements Choice {}

    /** Redis is away, or would search for long: let the ledger choose. */
    record Away() implements Choice {}
  }

  /** What became of a load. */
  enum LoadOutcome {
    /** The pool is as the ledger said. */
    LOADED,

    /** Somebody else, perhaps another process, is loading it. */
    LOADED_BY_ANOTHER,

    /**
     * It was loaded a moment ago: an index that keeps being wrong must not keep Redis and the
     * ledger busy with loads.
     */
    LOADED_JUST_NOW,

    /** Redis lost the pool meanwhile, or another loader took over. */
    INTERRUPTED,

    /** Redis is away. */
    AWAY
  }
}
