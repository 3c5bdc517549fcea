package ai.coditect.licensing.stores.seats;

import ai.coditect.licensing.servers.RedisServer;
import ai.coditect.licensing.stores.seats.SeatIndex.PoolRef;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;

class RedisSeatIndexTest implements SeatIndexContract {

  private static final RedisServer REDIS = RedisServer.shared();
  private static final RedisSeatIndex INDEX =
      RedisSeatIndex.connect(REDIS.uri(), PATIENT, Duration.ZERO);

  private final PoolRef pool = new PoolRef("acme", UUID.randomUUID().toString());

  @AfterAll
  static void close() {
    INDEX.close();
  }

  @Override
  public SeatIndex index() {
    return INDEX;
  }

  @Override
  public List<RedisServer> servers() {
    return List.of(REDIS);
  }

  @Override
  public PoolRef pool() {
    return pool;
  }
}
