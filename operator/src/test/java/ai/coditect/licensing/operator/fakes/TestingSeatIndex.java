package ai.coditect.licensing.operator.fakes;

import ai.coditect.licensing.stores.seats.SeatIndex;
import ai.coditect.licensing.stores.seats.SeatIndexUnavailableException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** A seat index that keeps limits and nothing else. */
public final class TestingSeatIndex implements SeatIndex {

  public final Outage outage =
      new Outage(() -> new SeatIndexUnavailableException("Connection refused", null));

  private final Map<PoolRef, Integer> limits = new ConcurrentHashMap<>();

  public Optional<Integer> limit(String tenantId, String poolId) {
    return Optional.ofNullable(limits.get(new PoolRef(tenantId, poolId)));
  }

  /** Redis was restarted without its data. */
  public void lose() {
    limits.clear();
  }

  @Override
  public boolean setLimit(PoolRef pool, int seats, long revision) {
    outage.pass();
    return !Integer.valueOf(seats).equals(limits.put(pool, seats));
  }

  @Override
  public boolean hasLimit(PoolRef pool, int seats, long revision) {
    outage.pass();
    return Integer.valueOf(seats).equals(limits.get(pool));
  }

  @Override
  public void forget(PoolRef pool) {
    outage.pass();
    limits.remove(pool);
  }

  @Override
  public Choice choose(PoolRef pool, String holder) {
    throw new UnsupportedOperationException("Not the operator's");
  }

  @Override
  public void held(PoolRef pool, HeldSlot slot) {
    throw new UnsupportedOperationException("Not the operator's");
  }

  @Override
  public void freed(PoolRef pool, int slot, long slotGeneration) {
    throw new UnsupportedOperationException("Not the operator's");
  }

  @Override
  public LoadOutcome load(PoolRef pool, int seats, long revision, Stream<HeldSlot> held) {
    throw new UnsupportedOperationException("Not the operator's");
  }

  @Override
  public void close() {}
}
