package ai.coditect.licensing.stores.seats;

import ai.coditect.licensing.servers.RedisServer;
import ai.coditect.licensing.stores.seats.SeatLogins.Others;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A Redis with users keeps tenants apart by itself: nothing stands on the pods' side. */
class SeatWallsWithUsersTest implements SeatWallsContract {

  private static final String SECRET = "secret";

  @TempDir private static Path folder;

  private static RedisServer server;
  private static RedisSeatIndex operator;
  private static RedisSeatIndex index;
  private static RedisConnector pods;
  private static RedisLink link;

  @BeforeAll
  static void makeTheUser() {
    server = RedisServer.start(folder, "test");
    try (var logins = RedisSeatLogins.connect(server.uri())) {
      logins.ensure(OWN.tenantId(), SECRET, Others.ENDED);
    }
    var uri = RedisAddress.withLogin(server.uri(), SeatLogins.user(OWN.tenantId()), SECRET);
    operator = RedisSeatIndex.connect(server.uri(), PATIENT, Duration.ZERO);
    index = RedisSeatIndex.connect(uri, PATIENT, Duration.ZERO);
    pods = RedisConnector.to(uri);
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
