package ai.coditect.licensing.stores.seats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ai.coditect.licensing.servers.FaultyLink;
import ai.coditect.licensing.servers.RedisServer;
import ai.coditect.licensing.stores.seats.SeatIndex.Choice;
import ai.coditect.licensing.stores.seats.SeatIndex.HeldSlot;
import ai.coditect.licensing.stores.seats.SeatIndex.LoadOutcome;
import ai.coditect.licensing.stores.seats.SeatIndex.PoolRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong with a Redis, and how the index comes to say again what the ledger says. */
@Tag("system")
class RedisFaultsTest {

  private static final String SECRET = "secret";
  private static final Duration PATIENT = Duration.ofSeconds(10);
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir private Path folder;

  private final PoolRef pool = new PoolRef("acme", "cad");

  @Test
  void withoutRedisTheLedgerChoosesAndItIsUsedAgainWhenItIsBack() {
    int port;
    try (var server = RedisServer.start(folder, SECRET)) {
      port = server.port();
    }
    try (var index = RedisSeatIndex.connect(url(port), PATIENT)) {
      assertThat(index.choose(pool, "a")).isEqualTo(new Choice.Away());
      assertThatThrownBy(() -> index.setLimit(pool, 1, 1))
          .isInstanceOf(SeatIndexUnavailableException.class);
      assertThat(index.load(pool, 1, 1, Stream.of())).isEqualTo(LoadOutcome.AWAY);
      try (var _ = RedisServer.start(folder, SECRET, OptionalInt.of(port))) {
        await().atMost(SOON).until(() -> index.choose(pool, "a").equals(new Choice.NotLoaded()));
      }
      await().until(() -> index.choose(pool, "a").equals(new Choice.Away()));
    }
  }

  @Test
  void aWrongPasswordCountsAsAway() {
    try (var server = RedisServer.start(folder, SECRET);
        var index = RedisSeatIndex.connect("redis://:wrong@127.0.0.1:" + server.port())) {
      assertThat(index.choose(pool, "a")).isEqualTo(new Choice.Away());
    }
  }

  @Test
  void aLoginThatMayNotCountsAsAwayUntilItMay() {
    try (var server = RedisServer.start(folder, SECRET);
        var index = RedisSeatIndex.connect("redis://api:key@127.0.0.1:" + server.port(), PATIENT)) {
      server.ask("ACL SETUSER api on >key ~* +@connection");
      assertThat(index.choose(pool, "a")).isEqualTo(new Choice.Away());
      assertThat(index.load(pool, 1, 1, Stream.of())).isEqualTo(LoadOutcome.AWAY);
      server.ask("ACL SETUSER api reset on >key ~seats:{acme/* +@all -@admin -@dangerous");
      awaitLoaded(index);
      assertThat(index.choose(pool, "a")).isEqualTo(new Choice.Free(1));
    }
  }

  @Test
  void aRedisThatWasKilledAndLostItsDataIsLoadedAnew() throws IOException {
    var server = RedisServer.start(folder, SECRET);
    try (var index = RedisSeatIndex.connect(server.uri(), PATIENT)) {
      awaitLoaded(index, held(1, 1, "a"));
      server.kill();
      await().until(() -> index.choose(pool, "a").equals(new Choice.Away()));
      delete(folder.resolve("appendonlydir"));
      server = RedisServer.start(folder, SECRET);
      await().atMost(SOON).until(() -> index.choose(pool, "a").equals(new Choice.NotLoaded()));
      awaitLoaded(index, held(1, 1, "a"));
      assertThat(index.choose(pool, "a")).isEqualTo(new Choice.Own(1));
    } finally {
      server.close();
    }
  }

  @Test
  void aRedisThatIsFlushedIsLoadedAnew() {
    try (var server = RedisServer.start(folder, SECRET);
        var index = RedisSeatIndex.connect(server.uri(), PATIENT)) {
      awaitLoaded(index, held(1, 1, "a"));
      server.ask("FLUSHALL");
      assertThat(index.choose(pool, "a")).isEqualTo(new Choice.NotLoaded());
      index.held(pool, held(1, 1, "a"));
      assertThat(index.choose(pool, "a")).isEqualTo(new Choice.NotLoaded());
      assertThat(index.load(pool, 1, 1, Stream.of(held(1, 1, "a")))).isEqualTo(LoadOutcome.LOADED);
      assertThat(index.choose(pool, "a")).isEqualTo(new Choice.Own(1));
    }
  }

  @Test
  void aLoadThatAFlushCutsOffSaysSo() {
    try (var server = RedisServer.start(folder, SECRET);
        var index = RedisSeatIndex.connect(server.uri(), PATIENT)) {
      var slots =
          IntStream.rangeClosed(1, 1_000)
              .mapToObj(slot -> held(slot, 1, "h" + slot))
              .peek(
                  slot -> {
                    if (slot.slot() == 600) {
                      server.ask("FLUSHALL");
                    }
                  });
      assertThat(index.load(pool, 1_000, 1, slots)).isEqualTo(LoadOutcome.INTERRUPTED);
      awaitLoaded(index, held(1, 1, "a"));
    }
  }

  /** It says free what is held, and held what is free. */
  @Test
  void aRedisRestoredFromAnOlderDumpIsToldSlotBySlotAndByALoad() throws IOException {
    var slots = List.of(held(1, 1, "a"), held(2, 1, "b"));
    var server = RedisServer.start(folder, SECRET);
    try (var index = RedisSeatIndex.connect(server.uri(), PATIENT)) {
      awaitLoaded(index, slots.toArray(HeldSlot[]::new));
      server.ask("BGREWRITEAOF");
      await().until(() -> rewritten(server.ask("INFO persistence")));
      var dump = folder.resolveSibling(folder.getFileName() + "-dump");
      copy(folder.resolve("appendonlydir"), dump);
      index.freed(pool, 1, 2);
      index.held(pool, held(3, 1, "c"));
      await().until(() -> index.choose(pool, "c").equals(new Choice.Own(3)));
      server.kill();
      delete(folder.resolve("appendonlydir"));
      copy(dump, folder.resolve("appendonlydir"));
      delete(dump);
    }
    try (var restored = RedisServer.start(folder, SECRET);
        var index = RedisSeatIndex.connect(restored.uri(), PATIENT)) {
      await().atMost(SOON).until(() -> index.choose(pool, "a").equals(new Choice.Own(1)));
      assertThat(index.choose(pool, "x")).isEqualTo(new Choice.Free(3));
      index.held(pool, held(3, 1, "c"));
      await().until(() -> index.choose(pool, "c").equals(new Choice.Own(3)));
      awaitLoaded(index, held(2, 1, "b"), held(3, 1, "c"));
      assertThat(index.choose(pool, "x")).isEqualTo(new Choice.Free(1));
    }
  }

  @Test
  void aMasterThatWasDemotedIsLeftForTheOneThatServesItsAddressNow() {
    try (var old = RedisServer.start(folder.resolve("old"), SECRET);
        var fresh = RedisServer.start(folder.resolve("fresh"), SECRET);
        var address = FaultyLink.to(old.port());
        var index = RedisSeatIndex.connect(url(address.port()), PATIENT)) {
      awaitLoaded(index, held(1, 1, "a"));
      old.ask("CONFIG SET masterauth " + SECRET);
      old.ask("REPLICAOF 127.0.0.1 " + fresh.port());
      await().until(() -> index.load(pool, 1, 1, Stream.of()) == LoadOutcome.AWAY);
      address.leadTo(fresh.port());
      awaitLoaded(index, held(1, 1, "a"));
      assertThat(fresh.ask("DBSIZE")).isEqualTo(":4\r\n");
    }
  }

  @Test
  void aRedisThatHangsCostsCallersOneWaitAndIsUsedAgainWhenItAnswers() throws Exception {
    try (var server = RedisServer.start(folder, SECRET);
        var wire = FaultyLink.to(server.port());
        var index = RedisSeatIndex.connect(url(wire.port()));
        var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      awaitLoaded(index);
      wire.stall();
      var began = System.nanoTime();
      Callable<Choice> caller = () -> index.choose(pool, "a");
      for (var choice : callers.invokeAll(Collections.nCopies(500, caller))) {
        assertThat(choice.get()).isEqualTo(new Choice.Away());
      }
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(3));
      for (var slot = 1; slot < 20_000; slot++) {
        index.freed(pool, slot, 1);
      }
      wire.heal();
      await().atMost(SOON).until(() -> !index.choose(pool, "a").equals(new Choice.Away()));
      assertThat(wire.fired()).isPositive();
    }
  }

  @Test
  void aRedisThatIsSlowButInTimeIsStillAsked() {
    try (var server = RedisServer.start(folder, SECRET);
        var wire = FaultyLink.to(server.port());
        var index = RedisSeatIndex.connect(url(wire.port()), PATIENT)) {
      awaitLoaded(index);
      wire.delay(Duration.ofMillis(50));
      assertThat(index.choose(pool, "a")).isEqualTo(new Choice.Free(1));
      assertThat(wire.fired()).isPositive();
    }
  }

  private void awaitLoaded(RedisSeatIndex index, HeldSlot... held) {
    await().atMost(SOON).until(() -> index.load(pool, 3, 1, Stream.of(held)) == LoadOutcome.LOADED);
  }

  private static boolean rewritten(String persistence) {
    return persistence.contains("aof_rewrite_in_progress:0")
        && persistence.contains("aof_rewrite_scheduled:0")
        && persistence.contains("aof_last_bgrewrite_status:ok");
  }

  private static String url(int port) {
    return "redis://:" + SECRET + "@127.0.0.1:" + port;
  }

  private static HeldSlot held(int slot, long generation, String holder) {
    return new HeldSlot(slot, generation, holder, MINUTE);
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    for (var file : files(from)) {
      Files.copy(file, to.resolve(file.getFileName()));
    }
  }

  private static void delete(Path flat) throws IOException {
    for (var file : files(flat)) {
      Files.delete(file);
    }
    Files.delete(flat);
  }

  private static List<Path> files(Path flat) throws IOException {
    try (var files = Files.newDirectoryStream(flat)) {
      var found = new ArrayList<Path>();
      files.forEach(found::add);
      return found;
    }
  }
}
