package ai.coditect.licensing.stores.seats;

import ai.coditect.licensing.servers.RedisCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** In a cluster too nothing is sent that is not the tenant's, to whichever server. */
@Tag("system")
class ClusteredSeatWallsWithGuardTest implements SeatWallsContract {

  private static final RedisCluster CLUSTER = RedisCluster.shared();

  private static SeatWalls walls;

  @BeforeAll
  static void connect() {
    walls = SeatWalls.guarded(CLUSTER.uri(), OWN.tenantId(), PATIENT);
  }

  @AfterAll
  static void close() {
    walls.close();
  }

  @Override
  public SeatWalls walls() {
    return walls;
  }
}
