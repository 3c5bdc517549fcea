package ai.coditect.licensing.stores.seats;

import java.util.stream.Stream;

/** Being written. */
public final class RedisSeatIndex implements SeatIndex {

  private RedisSeatIndex() {}

  public static RedisSeatIndex connect(String redisUri) {
    return new RedisSeatIndex();
  }

  @Override
  public Choice choose(PoolRef pool, String holder) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void held(PoolRef pool, HeldSlot slot) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void freed(PoolRef pool, int slot, long slotGeneration) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void load(PoolRef pool, int seats, long revision, Stream<HeldSlot> held) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void setLimit(PoolRef pool, int seats, long revision) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void forget(PoolRef pool) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
