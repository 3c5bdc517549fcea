package ai.coditect.licensing.stores.seats;

import ai.coditect.licensing.servers.RedisCluster;
import ai.coditect.licensing.servers.RedisServer;
import ai.coditect.licensing.stores.seats.SeatIndex.PoolRef;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;

@Tag("system")
class ClusteredSeatIndexTest implements SeatIndexContract {

  private static final RedisCluster CLUSTER = RedisCluster.shared();
  private static final RedisSeatIndex INDEX =
      RedisSeatIndex.connect(CLUSTER.uri(), PATIENT, Duration.ZERO);

  /** Of any of the cluster's servers. */
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
    return CLUSTER.servers();
  }

  @Override
  public PoolRef pool() {
    return pool;
  }
}
