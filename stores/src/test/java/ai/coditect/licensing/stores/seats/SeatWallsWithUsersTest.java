package ai.coditect.licensing.stores.seats;

import ai.coditect.licensing.servers.RedisServer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A Redis with users keeps tenants apart by itself: nothing stands on the pods' side. */
class SeatWallsWithUsersTest implements SeatWallsContract {

  @TempDir private static Path folder;

  private static RedisServer server;
  private static SeatWalls walls;

  @BeforeAll
  static void makeTheUser() {
    server = RedisServer.start(folder, "test");
    walls = SeatWalls.withUser(server.uri(), OWN.tenantId(), PATIENT);
  }

  @AfterAll
  static void close() {
    walls.close();
    server.close();
  }

  @Override
  public SeatWalls walls() {
    return walls;
  }
}
