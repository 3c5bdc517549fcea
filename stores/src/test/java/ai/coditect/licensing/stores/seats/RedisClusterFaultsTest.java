package ai.coditect.licensing.stores.seats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.coditect.licensing.servers.RedisCluster;
import ai.coditect.licensing.servers.RedisServer;
import ai.coditect.licensing.stores.seats.SeatIndex.Choice;
import ai.coditect.licensing.stores.seats.SeatIndex.HeldSlot;
import ai.coditect.licensing.stores.seats.SeatIndex.LoadOutcome;
import ai.coditect.licensing.stores.seats.SeatIndex.PoolRef;
import io.lettuce.core.cluster.SlotHash;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong with a Redis Cluster under a seat index. */
@Tag("system")
class RedisClusterFaultsTest {

  private static final Duration PATIENT = Duration.ofSeconds(10);
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final int SLOTS_OF_FIRST_MASTER = 16_384 / 3;

  @TempDir private Path folder;

  private RedisCluster cluster;
  private RedisSeatIndex index;

  @BeforeEach
  void start() {
    cluster = RedisCluster.start(folder, "secret");
    index = RedisSeatIndex.connect(cluster.uri(), PATIENT);
  }

  @AfterEach
  void stop() {
    index.close();
    cluster.close();
  }

  @Test
  void poolsOfEveryServerAreServedAndSoAreRates() {
    try (var limits = RedisRateLimits.connect(cluster.uri(), PATIENT)) {
      for (var number = 0; number < 30; number++) {
        var pool = new PoolRef("acme", "pool-" + number);
        assertThat(index.load(pool, 1, 1, Stream.of())).isEqualTo(LoadOutcome.LOADED);
        assertThat(index.choose(pool, "a")).isEqualTo(new Choice.Free(1));
        limits.setLimits("tenant-" + number, RedisRateLimitsTest.limits(1, 1));
        assertThat(limits.acquire("tenant-" + number, "a").quotas()).isNotEmpty();
      }
    }
    for (var server : cluster.servers().subList(0, 3)) {
      assertThat(server.ask("DBSIZE")).doesNotContain(":0\r");
    }
  }

  @Test
  void whenAMasterDiesItsReplicaServesItsPoolsAndTheOthersAreServedAllTheTime() {
    var onFirst = pool(true);
    var elsewhere = pool(false);
    awaitLoaded(onFirst);
    awaitLoaded(elsewhere);
    var master = cluster.servers().getFirst();
    var replica = cluster.servers().getLast();
    await().until(() -> replica.ask("DBSIZE").equals(master.ask("DBSIZE")));
    master.kill();
    await()
        .atMost(SOON)
        .until(
            () -> {
              assertThat(index.choose(elsewhere, "a")).isEqualTo(new Choice.Own(1));
              return index.choose(onFirst, "a").equals(new Choice.Own(1));
            });
    index.freed(onFirst, 1, 2);
    await().atMost(SOON).until(() -> index.choose(onFirst, "b").equals(new Choice.Free(1)));
  }

  @Test
  void aPoolIsFollowedToAnotherServerWhileItIsUsed() {
    var pool = pool(true);
    awaitLoaded(pool);
    assertThat(index.choose(pool, "a")).isEqualTo(new Choice.Own(1));
    move(slot(pool), cluster.servers().get(0), cluster.servers().get(2));
    await().atMost(SOON).until(() -> index.choose(pool, "a").equals(new Choice.Own(1)));
    index.freed(pool, 1, 2);
    await().atMost(SOON).until(() -> index.choose(pool, "b").equals(new Choice.Free(1)));
    assertThat(cluster.servers().get(0).ask("CLUSTER COUNTKEYSINSLOT " + slot(pool)))
        .startsWith(":0");
  }

  /** As redis-cli does it. */
  private static void move(int slot, RedisServer from, RedisServer to) {
    to.ask("CLUSTER SETSLOT %d IMPORTING %s".formatted(slot, id(from)));
    from.ask("CLUSTER SETSLOT %d MIGRATING %s".formatted(slot, id(to)));
    var keys = words(from.ask("CLUSTER GETKEYSINSLOT %d 100".formatted(slot)));
    from.ask(
        "MIGRATE 127.0.0.1 %d \"\" 0 5000 AUTH secret KEYS %s"
            .formatted(to.port(), String.join(" ", keys)));
    to.ask("CLUSTER SETSLOT %d NODE %s".formatted(slot, id(to)));
    from.ask("CLUSTER SETSLOT %d NODE %s".formatted(slot, id(to)));
  }

  private void awaitLoaded(PoolRef pool) {
    var holder = new HeldSlot(1, 1, "a", MINUTE);
    await()
        .atMost(SOON)
        .until(() -> index.load(pool, 1, 1, Stream.of(holder)) == LoadOutcome.LOADED);
  }

  /** A pool that lies on the first master, or one that does not. */
  private static PoolRef pool(boolean onFirst) {
    return Stream.iterate(0, number -> number + 1)
        .map(number -> new PoolRef("acme", "pool-" + number))
        .filter(pool -> slot(pool) < SLOTS_OF_FIRST_MASTER == onFirst)
        .findFirst()
        .orElseThrow();
  }

  private static int slot(PoolRef pool) {
    return SlotHash.getSlot(pool.tenantId() + "/" + pool.poolId());
  }

  private static String id(RedisServer server) {
    return words(server.ask("CLUSTER MYID")).getFirst();
  }

  /** The answer without what frames it. */
  private static List<String> words(String answer) {
    return answer.lines().filter(line -> !line.startsWith("*") && !line.startsWith("$")).toList();
  }
}
