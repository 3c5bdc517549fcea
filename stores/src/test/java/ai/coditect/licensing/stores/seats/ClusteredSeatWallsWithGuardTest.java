package ai.coditect.licensing.stores.seats;

import ai.coditect.licensing.servers.RedisCluster;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** In a cluster too nothing is sent that is not the tenant's, to whichever server. */
@Tag("system")
class ClusteredSeatWallsWithGuardTest implements SeatWallsContract {

  private static final RedisCluster CLUSTER = RedisCluster.shared();

  private static RedisSeatIndex operator;
  private static RedisSeatIndex index;
  private static RedisConnector pods;
  private static RedisLink link;

  @BeforeAll
  static void connect() {
    operator = RedisSeatIndex.connect(CLUSTER.uri(), PATIENT, Duration.ZERO);
    index = RedisSeatIndex.ofTenant(CLUSTER.uri(), OWN.tenantId(), PATIENT);
    pods = RedisConnector.guarded(CLUSTER.uri(), new TenantKeys(OWN.tenantId()));
    link = pods.connect();
  }

  @AfterAll
  static void close() {
    pods.close();
    index.close();
    operator.close();
  }

  @Override
  public SeatIndex index() {
    return index;
  }

  @Override
  public RateLimits rateLimits() {
    return RedisRateLimits.beside(index);
  }

  @Override
  public RedisLink link() {
    return link;
  }

  @Override
  public RedisSeatIndex operator() {
    return operator;
  }
}
