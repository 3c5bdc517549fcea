package ai.coditect.licensing.stores.seats;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.servers.RedisCluster;
import ai.coditect.licensing.servers.RedisServer;
import ai.coditect.licensing.stores.seats.SeatLogins.Others;
import ai.coditect.licensing.stores.seats.SeatLogins.Outcome;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** In a cluster each server keeps tenants apart by itself. */
@Tag("system")
class ClusteredSeatWallsWithUsersTest implements SeatWallsContract {

  private static final String SECRET = "secret";

  private static final RedisCluster CLUSTER = RedisCluster.shared();

  private static SeatWalls walls;

  @BeforeAll
  static void makeTheUser() {
    walls = SeatWalls.withUser(CLUSTER.uri(), OWN.tenantId(), PATIENT);
  }

  @AfterAll
  static void close() {
    walls.close();
  }

  @Override
  public SeatWalls walls() {
    return walls;
  }

  @Test
  void everyServerKnowsTheUserUntilItIsRemoved() {
    try (var logins = RedisSeatLogins.connect(new RedisSettings(CLUSTER.uri()))) {
      assertThat(logins.ensure("known", SECRET, Others.ENDED)).isEqualTo(Outcome.WRITTEN);
      assertThat(CLUSTER.servers()).allMatch(server -> knows(server, "tenant_known"));

      CLUSTER.servers().getLast().ask("ACL DELUSER tenant_known");
      assertThat(logins.ensure("known", SECRET, Others.ENDED)).isEqualTo(Outcome.WRITTEN);
      assertThat(logins.ensure("known", SECRET, Others.ENDED)).isEqualTo(Outcome.UNCHANGED);

      logins.remove("known");
      assertThat(CLUSTER.servers()).noneMatch(server -> knows(server, "tenant_known"));
    }
  }

  private static boolean knows(RedisServer server, String user) {
    return server.ask("ACL USERS").contains(user);
  }
}
