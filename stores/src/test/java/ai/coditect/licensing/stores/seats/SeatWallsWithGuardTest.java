package ai.coditect.licensing.stores.seats;

import ai.coditect.licensing.servers.RedisServer;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A Redis without users, as Memorystore for Redis: one password, which may do everything. */
class SeatWallsWithGuardTest implements SeatWallsContract {

  static final String WITHOUT_USERS =
      """
      rename-command ACL ""
      rename-command CONFIG ""
      """;

  @TempDir private static Path folder;

  private static RedisServer server;
  private static SeatWalls walls;

  @BeforeAll
  static void connect() {
    server = RedisServer.start(folder, "test", OptionalInt.empty(), WITHOUT_USERS);
    walls = SeatWalls.guarded(server.uri(), OWN.tenantId(), PATIENT);
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
