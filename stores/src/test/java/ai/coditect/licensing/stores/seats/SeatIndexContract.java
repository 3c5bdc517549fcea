package ai.coditect.licensing.stores.seats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ai.coditect.licensing.servers.RedisServer;
import ai.coditect.licensing.stores.seats.SeatIndex.Choice;
import ai.coditect.licensing.stores.seats.SeatIndex.HeldSlot;
import ai.coditect.licensing.stores.seats.SeatIndex.PoolRef;
import io.lettuce.core.RedisClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedisSeatIndexTest {

  /** A busy machine must not look like a Redis that is away. */
  private static final Duration PATIENT = Duration.ofSeconds(10);

  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final RedisServer REDIS = RedisServer.shared();
  private static final RedisSeatIndex INDEX = RedisSeatIndex.connect(REDIS.uri(), PATIENT);

  private final PoolRef pool = new PoolRef("acme", UUID.randomUUID().toString());

  @AfterAll
  static void close() {
    INDEX.close();
  }

  @Test
  void aPoolNobodyLoadedAsksToBeLoaded() {
    assertThat(INDEX.choose(pool, "a")).isEqualTo(new Choice.NotLoaded());
  }

  @Test
  void aLimitAloneDoesNotOpenAPool() {
    INDEX.setLimit(pool, 3, 1);
    assertThat(INDEX.choose(pool, "a")).isEqualTo(new Choice.NotLoaded());
  }

  @Test
  void eachCallerIsSentToAnotherSlotUntilThePoolIsFull() {
    load(3);
    assertThat(chosen("a", "b", "c")).containsExactly(free(1), free(2), free(3));
    assertThat(INDEX.choose(pool, "d")).isInstanceOf(Choice.Full.class);
  }

  @Test
  void aHolderIsSentToItsOwnSlot() {
    load(3, held(2, 7, "b"));
    assertThat(INDEX.choose(pool, "b")).isEqualTo(new Choice.Own(2));
  }

  @Test
  void heldSlotsAreSteppedOver() {
    load(4, held(1, 1, "a"), held(3, 1, "c"));
    assertThat(chosen("x", "y")).containsExactly(free(2), free(4));
  }

  @Test
  void fullTellsWhenTheFirstLeaseEnds() {
    load(2, held(1, 1, "a"), new HeldSlot(2, 1, "b", Duration.ofSeconds(20)));
    var full = (Choice.Full) INDEX.choose(pool, "c");
    assertThat(full.untilFirstLeaseEnds())
        .isBetween(Duration.ofSeconds(15), Duration.ofSeconds(20));
  }

  @Test
  void aPoolWithoutSeatsIsFull() {
    load(0);
    assertThat(INDEX.choose(pool, "a")).isEqualTo(new Choice.Full(Duration.ZERO));
  }

  @Test
  void aFreedSlotIsOfferedAgain() {
    load(2, held(1, 5, "a"), held(2, 5, "b"));
    INDEX.freed(pool, 1, 5);
    await().until(() -> INDEX.choose(pool, "c").equals(free(1)));
  }

  @Test
  void aLateHeartbeatDoesNotBringAFreedHolderBack() {
    load(1, held(1, 5, "a"));
    INDEX.freed(pool, 1, 5);
    INDEX.held(pool, held(1, 5, "a"));
    await().until(() -> INDEX.choose(pool, "b").equals(free(1)));
  }

  @Test
  void anOlderReleaseDoesNotFreeANewerHolder() {
    load(1, held(1, 6, "b"));
    INDEX.freed(pool, 1, 5);
    assertThat(INDEX.choose(pool, "c")).isInstanceOf(Choice.Full.class);
  }

  @Test
  void anOlderGenerationDoesNotShortenANewerOne() {
    load(1, held(1, 6, "b"));
    INDEX.held(pool, new HeldSlot(1, 5, "a", Duration.ofMillis(1)));
    assertThat(INDEX.choose(pool, "b")).isEqualTo(new Choice.Own(1));
  }

  @Test
  void anEarlierEndOfTheSameGenerationIsIgnored() {
    load(1, held(1, 6, "b"));
    INDEX.held(pool, new HeldSlot(1, 6, "b", Duration.ofMillis(1)));
    assertThat(INDEX.choose(pool, "c")).isInstanceOf(Choice.Full.class);
  }

  @Test
  void aSlotWhoseLeaseEndedIsOfferedAgain() {
    load(1, new HeldSlot(1, 6, "b", Duration.ofMillis(1)));
    await().until(() -> INDEX.choose(pool, "c").equals(free(1)));
  }

  @Test
  void aSlotSetAsideForACallerWhoNeverTookItComesBack() {
    load(1);
    assertThat(INDEX.choose(pool, "a")).isEqualTo(free(1));
    assertThat(INDEX.choose(pool, "b")).isInstanceOf(Choice.Full.class);
    await().atMost(Duration.ofSeconds(10)).until(() -> INDEX.choose(pool, "b").equals(free(1)));
  }

  @Test
  void aRaisedLimitOpensSlotsAtOnce() {
    load(1, held(1, 1, "a"));
    INDEX.setLimit(pool, 2, 2);
    assertThat(INDEX.choose(pool, "b")).isEqualTo(free(2));
  }

  @Test
  void aLoweredLimitOffersNothingAboveIt() {
    load(3, held(1, 1, "a"), held(2, 1, "b"), held(3, 1, "c"));
    INDEX.setLimit(pool, 1, 2);
    INDEX.freed(pool, 3, 1);
    assertThat(INDEX.choose(pool, "d")).isInstanceOf(Choice.Full.class);
    INDEX.setLimit(pool, 3, 3);
    assertThat(INDEX.choose(pool, "d")).isEqualTo(free(3));
  }

  @Test
  void anOlderRevisionDoesNotSetTheLimitBack() {
    load(1, held(1, 1, "a"));
    INDEX.setLimit(pool, 5, 9);
    INDEX.setLimit(pool, 1, 8);
    INDEX.load(pool, 1, 8, Stream.of(held(1, 1, "a")));
    assertThat(INDEX.choose(pool, "b")).isEqualTo(free(2));
  }

  @Test
  void whatChangesDuringALoadIsNotLost() {
    INDEX.load(
        pool,
        2,
        1,
        Stream.of(held(1, 4, "a"), held(2, 4, "b"))
            .peek(
                slot -> {
                  if (slot.slot() == 1) {
                    INDEX.freed(pool, 1, 4);
                    INDEX.held(pool, held(2, 5, "c"));
                  }
                }));
    await().until(() -> INDEX.choose(pool, "d").equals(free(1)));
    assertThat(INDEX.choose(pool, "c")).isEqualTo(new Choice.Own(2));
  }

  @Test
  void onlyOneLoadsAtATime() {
    INDEX.load(
        pool,
        1,
        1,
        Stream.of(held(1, 1, "a"))
            .peek(slot -> INDEX.load(pool, 1, 1, Stream.of(held(1, 1, "x")))));
    assertThat(INDEX.choose(pool, "a")).isEqualTo(new Choice.Own(1));
  }

  @Test
  void aReloadReplacesWhatWasWrong() {
    load(1, held(1, 99, "ghost"));
    load(1);
    assertThat(INDEX.choose(pool, "a")).isEqualTo(free(1));
  }

  @Test
  void aForgottenPoolMustBeLoaded() {
    load(1);
    INDEX.forget(pool);
    assertThat(INDEX.choose(pool, "a")).isEqualTo(new Choice.NotLoaded());
  }

  @Test
  void scriptsThatRedisForgotAreSentAgain() {
    load(1);
    try (var client = RedisClient.create(REDIS.uri());
        var connection = client.connect()) {
      connection.sync().scriptFlush();
    }
    assertThat(INDEX.choose(pool, "a")).isEqualTo(free(1));
  }

  @Test
  void aPoolOfAThousandTimesTheChunkLoads() {
    INDEX.load(pool, 5_000, 1, IntStream.rangeClosed(1, 4_999).mapToObj(i -> held(i, 1, "h" + i)));
    assertThat(chosen("h4321", "x")).containsExactly(new Choice.Own(4_321), free(5_000));
  }

  /**
   * Against a model that knows who holds what: nothing held is offered, and nothing free is missed.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void agreesWithAModel(long seed) {
    var random = new Random(seed);
    var generations = new HashMap<Integer, Long>();
    var holders = new HashMap<Integer, String>();
    Set<Integer> aside = new HashSet<>();
    int limit = 8;
    long revision = 1;
    load(limit);
    for (int step = 0; step < 300; step++) {
      var context = "seed " + seed + " step " + step;
      switch (random.nextInt(10)) {
        case 0 -> {
          limit = random.nextInt(12);
          INDEX.setLimit(pool, limit, ++revision);
        }
        case 1 -> {
          INDEX.load(pool, limit, revision, liveSlots(generations, holders));
          aside.clear();
        }
        case 2, 3, 4 -> {
          for (var slot : List.copyOf(holders.keySet())) {
            if (random.nextBoolean()) {
              holders.remove(slot);
              INDEX.freed(pool, slot, generations.get(slot));
            }
          }
        }
        default -> {
          var holder = "h" + random.nextInt(15);
          switch (INDEX.choose(pool, holder)) {
            case Choice.Own(int slot) ->
                assertThat(holders.get(slot)).as(context).isEqualTo(holder);
            case Choice.Free(int slot) -> {
              assertThat(holders).as(context).doesNotContainKey(slot).doesNotContainValue(holder);
              assertThat(aside).as(context).doesNotContain(slot);
              assertThat(slot).as(context).isBetween(1, limit);
              if (random.nextInt(8) == 0) {
                aside.add(slot);
              } else {
                holders.put(slot, holder);
                var generation = generations.merge(slot, 1L, Long::sum);
                INDEX.held(pool, held(slot, generation, holder));
              }
            }
            case Choice.Full(var until) ->
                assertThat(taken(holders, aside, limit)).as(context).isEqualTo(limit);
            case Choice.NotLoaded(), Choice.Away() ->
                throw new AssertionError(context + ": the pool is loaded and Redis is there");
          }
        }
      }
    }
  }

  private static long taken(Map<Integer, String> holders, Set<Integer> aside, int limit) {
    return Stream.concat(holders.keySet().stream(), aside.stream())
        .distinct()
        .filter(slot -> slot <= limit)
        .count();
  }

  private static Stream<HeldSlot> liveSlots(
      Map<Integer, Long> generations, Map<Integer, String> holders) {
    return holders.keySet().stream()
        .sorted()
        .map(slot -> held(slot, generations.get(slot), holders.get(slot)));
  }

  @Test
  void withoutRedisTheLedgerChoosesAndItIsUsedAgainWhenItIsBack(@TempDir Path folder) {
    int port;
    try (var server = RedisServer.start(folder, "secret")) {
      port = server.port();
    }
    try (var index = RedisSeatIndex.connect("redis://:secret@127.0.0.1:" + port, PATIENT)) {
      assertThat(index.choose(pool, "a")).isEqualTo(new Choice.Away());
      assertThatThrownBy(() -> index.setLimit(pool, 1, 1))
          .isInstanceOf(SeatIndexUnavailableException.class);
      try (var _ = RedisServer.start(folder, "secret", OptionalInt.of(port))) {
        await()
            .atMost(Duration.ofSeconds(20))
            .until(() -> index.choose(pool, "a").equals(new Choice.NotLoaded()));
      }
      await().until(() -> index.choose(pool, "a").equals(new Choice.Away()));
    }
  }

  @Test
  void aWrongPasswordCountsAsAway() {
    try (var index = RedisSeatIndex.connect("redis://:wrong@127.0.0.1:" + REDIS.port())) {
      assertThat(index.choose(pool, "a")).isEqualTo(new Choice.Away());
    }
  }

  private void load(int seats, HeldSlot... held) {
    INDEX.load(pool, seats, 1, Stream.of(held));
  }

  private List<Choice> chosen(String... holders) {
    return Stream.of(holders).map(holder -> INDEX.choose(pool, holder)).toList();
  }

  private static Choice free(int slot) {
    return new Choice.Free(slot);
  }

  private static HeldSlot held(int slot, long generation, String holder) {
    return new HeldSlot(slot, generation, holder, MINUTE);
  }
}
