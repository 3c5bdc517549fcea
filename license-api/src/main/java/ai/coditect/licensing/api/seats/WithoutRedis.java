package ai.coditect.licensing.api.seats;

import ai.coditect.licensing.stores.seats.Admission;
import ai.coditect.licensing.stores.seats.RateLimits;
import ai.coditect.licensing.stores.seats.SeatIndex;
import java.util.stream.Stream;

/**
 * Stands where Redis would be, in an installation that has none: the ledger chooses, and nobody is
 * held back by rate.
 */
public final class WithoutRedis implements SeatIndex, RateLimits {

  @Override
  public Choice choose(PoolRef pool, String holder) {
    return new Choice.Away();
  }

  @Override
  public void held(PoolRef pool, HeldSlot slot) {
    // Nobody to tell.
  }

  @Override
  public void freed(PoolRef pool, int slot, long slotGeneration) {
    // Nobody to tell.
  }

  @Override
  public LoadOutcome load(PoolRef pool, int seats, long revision, Stream<HeldSlot> held) {
    return LoadOutcome.AWAY;
  }

  @Override
  public boolean setLimit(PoolRef pool, int seats, long revision) {
    // The ledger knows the limit.
    return false;
  }

  @Override
  public boolean hasLimit(PoolRef pool, int seats, long revision) {
    return true;
  }

  @Override
  public void forget(PoolRef pool) {
    // Nothing to forget.
  }

  @Override
  public boolean setLimits(String tenantId, Limits limits) {
    // Nowhere to count.
    return false;
  }

  @Override
  public void forget(String tenantId) {
    // Nothing to forget.
  }

  @Override
  public Admission acquire(String tenantId, String principal) {
    return Admission.UNCOUNTED;
  }

  @Override
  public Admission heartbeats(String tenantId, String principal, int howMany) {
    return Admission.UNCOUNTED;
  }

  @Override
  public void close() {
    // Nothing is open.
  }
}
