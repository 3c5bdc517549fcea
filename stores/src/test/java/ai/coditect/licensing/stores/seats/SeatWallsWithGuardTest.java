package ai.coditect.licensing.stores.seats;

import ai.coditect.licensing.servers.RedisServer;
import java.nio.file.Path;
import java.time.Duration;
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
  private static RedisSeatIndex operator;
  private static RedisSeatIndex index;
  private static RedisConnector pods;
  private static RedisLink link;

  @BeforeAll
  static void connect() {
    server = RedisServer.start(folder, "test", OptionalInt.empty(), WITHOUT_USERS);
    operator = RedisSeatIndex.connect(server.uri(), PATIENT, Duration.ZERO);
    index = RedisSeatIndex.ofTenant(server.uri(), OWN.tenantId(), PATIENT);
    pods = RedisConnector.guarded(server.uri(), new TenantKeys(OWN.tenantId()));
    link = pods.connect();
  }

  @AfterAll
  static void close() {
    pods.close();
    index.close();
    operator.close();
    server.close();
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
