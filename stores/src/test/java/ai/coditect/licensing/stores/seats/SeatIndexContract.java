package ai.coditect.licensing.stores.seats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import ai.coditect.licensing.servers.RedisServer;
import ai.coditect.licensing.stores.seats.SeatIndex.Choice;
import ai.coditect.licensing.stores.seats.SeatIndex.HeldSlot;
import ai.coditect.licensing.stores.seats.SeatIndex.LoadOutcome;
import ai.coditect.licensing.stores.seats.SeatIndex.PoolRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a seat index keeps to, be it in a single Redis or in a cluster. */
interface SeatIndexContract {

  /** A busy machine must not look like a Redis that is away. */
  Duration PATIENT = Duration.ofSeconds(10);

  Duration MINUTE = Duration.ofMinutes(1);

  SeatIndex index();

  /** The index's servers. */
  List<RedisServer> servers();

  /** This test's own. */
  PoolRef pool();

  @Test
  default void aPoolNobodyLoadedAsksToBeLoaded() {
    assertThat(index().choose(pool(), "a")).isEqualTo(new Choice.NotLoaded());
  }

  @Test
  default void aLimitAloneDoesNotOpenAPool() {
    index().setLimit(pool(), 3, 1);
    assertThat(index().choose(pool(), "a")).isEqualTo(new Choice.NotLoaded());
  }

  @Test
  default void eachCallerIsSentToAnotherSlotUntilThePoolIsFull() {
    load(3);
    assertThat(chosen("a", "b", "c")).containsExactly(free(1), free(2), free(3));
    assertThat(index().choose(pool(), "d")).isInstanceOf(Choice.Full.class);
  }

  @Test
  default void aHolderIsSentToItsOwnSlot() {
    load(3, held(2, 7, "b"));
    assertThat(index().choose(pool(), "b")).isEqualTo(new Choice.Own(2));
  }

  @Test
  default void heldSlotsAreSteppedOver() {
    load(4, held(1, 1, "a"), held(3, 1, "c"));
    assertThat(chosen("x", "y")).containsExactly(free(2), free(4));
  }

  @Test
  default void fullNamesTheSlotWhoseLeaseEndsFirst() {
    load(3, held(1, 1, "a"), new HeldSlot(2, 1, "b", Duration.ofSeconds(20)));
    assertThat(chosen("c", "d")).containsExactly(free(3), full(2));
  }

  @Test
  default void aPoolWithoutSeatsIsFull() {
    load(0);
    assertThat(index().choose(pool(), "a")).isEqualTo(new Choice.Full(OptionalInt.empty()));
  }

  @Test
  default void aFreedSlotIsOfferedAgain() {
    load(2, held(1, 5, "a"), held(2, 5, "b"));
    index().freed(pool(), 1, 5);
    await().until(() -> index().choose(pool(), "c").equals(free(1)));
  }

  @Test
  default void aLateHeartbeatDoesNotBringAFreedHolderBack() {
    load(1, held(1, 5, "a"));
    index().freed(pool(), 1, 5);
    index().held(pool(), held(1, 5, "a"));
    await().until(() -> index().choose(pool(), "b").equals(free(1)));
  }

  @Test
  default void anOlderReleaseDoesNotFreeANewerHolder() {
    load(1, held(1, 6, "b"));
    index().freed(pool(), 1, 5);
    assertThat(index().choose(pool(), "c")).isInstanceOf(Choice.Full.class);
  }

  @Test
  default void anOlderGenerationDoesNotShortenANewerOne() {
    load(1, held(1, 6, "b"));
    index().held(pool(), new HeldSlot(1, 5, "a", Duration.ofMillis(1)));
    assertThat(index().choose(pool(), "b")).isEqualTo(new Choice.Own(1));
  }

  @Test
  default void anEarlierEndOfTheSameGenerationIsIgnored() {
    load(1, held(1, 6, "b"));
    index().held(pool(), new HeldSlot(1, 6, "b", Duration.ofMillis(1)));
    assertThat(index().choose(pool(), "c")).isInstanceOf(Choice.Full.class);
  }

  @Test
  default void aSlotWhoseLeaseEndedIsOfferedAgain() {
    load(1, new HeldSlot(1, 6, "b", Duration.ofMillis(1)));
    await().until(() -> index().choose(pool(), "c").equals(free(1)));
  }

  @Test
  default void aSlotSetAsideForACallerWhoNeverTookItComesBack() {
    load(1);
    assertThat(index().choose(pool(), "a")).isEqualTo(free(1));
    assertThat(index().choose(pool(), "b")).isInstanceOf(Choice.Full.class);
    await().atMost(Duration.ofSeconds(10)).until(() -> index().choose(pool(), "b").equals(free(1)));
  }

  @Test
  default void aRaisedLimitOpensSlotsAtOnce() {
    load(1, held(1, 1, "a"));
    index().setLimit(pool(), 2, 2);
    assertThat(index().choose(pool(), "b")).isEqualTo(free(2));
  }

  @Test
  default void aLoweredLimitOffersNothingAboveIt() {
    load(3, held(1, 1, "a"), held(2, 1, "b"), held(3, 1, "c"));
    index().setLimit(pool(), 1, 2);
    index().freed(pool(), 3, 1);
    assertThat(index().choose(pool(), "d")).isInstanceOf(Choice.Full.class);
    index().setLimit(pool(), 3, 3);
    assertThat(index().choose(pool(), "d")).isEqualTo(free(3));
  }

  @Test
  default void itIsSaidWhetherTheIndexHeldAnotherLimitOrNone() {
    assertThat(index().setLimit(pool(), 3, 2)).as("none").isTrue();
    assertThat(index().setLimit(pool(), 3, 2)).as("the same").isFalse();
    assertThat(index().setLimit(pool(), 3, 3)).as("a newer one").isTrue();
    assertThat(index().setLimit(pool(), 9, 2)).as("an older one").isFalse();
  }

  @Test
  default void aLimitIsKnownByItsSeatsAndItsRevision() {
    assertThat(index().hasLimit(pool(), 3, 2)).as("none yet").isFalse();
    index().setLimit(pool(), 3, 2);
    assertThat(index().hasLimit(pool(), 3, 2)).isTrue();
    assertThat(index().hasLimit(pool(), 4, 2)).isFalse();
    assertThat(index().hasLimit(pool(), 3, 1)).isFalse();
    index().forget(pool());
    assertThat(index().hasLimit(pool(), 3, 2)).as("lost").isFalse();
  }

  @Test
  default void anOlderRevisionDoesNotSetTheLimitBack() {
    load(1, held(1, 1, "a"));
    index().setLimit(pool(), 5, 9);
    index().setLimit(pool(), 1, 8);
    await()
        .until(() -> index().load(pool(), 1, 8, Stream.of(held(1, 1, "a"))) == LoadOutcome.LOADED);
    assertThat(index().choose(pool(), "b")).isEqualTo(free(2));
  }

  @Test
  default void whatChangesDuringALoadIsNotLost() {
    index()
        .load(
            pool(),
            2,
            1,
            Stream.of(held(1, 4, "a"), held(2, 4, "b"))
                .peek(
                    slot -> {
                      if (slot.slot() == 1) {
                        index().freed(pool(), 1, 4);
                        index().held(pool(), held(2, 5, "c"));
                      }
                    }));
    await().until(() -> index().choose(pool(), "d").equals(free(1)));
    assertThat(index().choose(pool(), "c")).isEqualTo(new Choice.Own(2));
  }

  @Test
  default void onlyOneLoadsAtATimeAndTheOtherIsToldSo() {
    var others = new ArrayList<LoadOutcome>();
    var outcome =
        index()
            .load(
                pool(),
                1,
                1,
                Stream.of(held(1, 1, "a")).peek(_ -> others.add(load(1, held(1, 1, "x")))));
    assertThat(outcome).isEqualTo(LoadOutcome.LOADED);
    assertThat(others).containsExactly(LoadOutcome.LOADED_BY_ANOTHER);
    assertThat(index().choose(pool(), "a")).isEqualTo(new Choice.Own(1));
  }

  @Test
  default void aPoolIsNotLoadedAgainForTenTimesWhatItsLoadTook() {
    var slowly =
        Stream.of(held(1, 1, "a"))
            .peek(_ -> await().pollDelay(Duration.ofMillis(200)).until(() -> true));
    assertThat(index().load(pool(), 1, 1, slowly)).isEqualTo(LoadOutcome.LOADED);
    await().during(Duration.ofMillis(1_500)).until(() -> load(1) == LoadOutcome.LOADED_JUST_NOW);
  }

  @Test
  default void aLoaderThatFailsLetsAnotherBeginAtOnce() {
    var lost =
        Stream.of(held(1, 1, "a"))
            .peek(
                _ -> {
                  throw new IllegalStateException("the ledger went away");
                });
    assertThatIllegalStateException().isThrownBy(() -> index().load(pool(), 1, 1, lost));
    await().atMost(Duration.ofSeconds(1)).until(() -> load(1) == LoadOutcome.LOADED);
  }

  @Test
  default void aLoaderThatFellSilentIsReplacedAndKnowsIt() {
    var taken = new ArrayList<LoadOutcome>();
    var silent =
        Stream.of(held(1, 1, "dead"))
            .peek(
                _ ->
                    await()
                        .atMost(Duration.ofSeconds(20))
                        .until(
                            () -> {
                              taken.add(load(1, held(1, 2, "a")));
                              return taken.getLast() == LoadOutcome.LOADED;
                            }));
    assertThat(index().load(pool(), 1, 1, silent)).isEqualTo(LoadOutcome.INTERRUPTED);
    assertThat(index().choose(pool(), "a")).isEqualTo(new Choice.Own(1));
  }

  @Test
  default void aPoolThatIsLostWhileItIsLoadedIsNotCalledLoaded() {
    var outcome =
        index().load(pool(), 1, 1, Stream.of(held(1, 1, "a")).peek(_ -> index().forget(pool())));
    assertThat(outcome).isEqualTo(LoadOutcome.INTERRUPTED);
    assertThat(index().choose(pool(), "b")).isEqualTo(new Choice.NotLoaded());
  }

  @Test
  default void whileAPoolIsLoadedWhatWasReadAlreadyIsOffered() {
    var meanwhile = new ArrayList<Choice>();
    var slots =
        IntStream.rangeClosed(1, 1_000)
            .filter(slot -> slot != 7)
            .mapToObj(slot -> held(slot, 1, "h" + slot))
            .peek(
                slot -> {
                  if (slot.slot() == 900) {
                    meanwhile.addAll(chosen("x", "y", "h100"));
                  }
                });
    assertThat(index().load(pool(), 1_000, 1, slots)).isEqualTo(LoadOutcome.LOADED);
    assertThat(meanwhile).containsExactly(free(7), new Choice.NotLoaded(), new Choice.Own(100));
    assertThat(index().choose(pool(), "z")).isEqualTo(full(1));
  }

  @Test
  default void aPoolFullOfHolesIsLoadedAndFilledByManyAtOnce() throws Exception {
    var held =
        IntStream.rangeClosed(1, 3_000)
            .filter(slot -> slot % 7 != 0 || slot > 2_500)
            .mapToObj(slot -> held(slot, 1, "h" + slot))
            .toList();
    index().load(pool(), 3_000, 1, held.stream());
    var holes = 3_000 - held.size();
    try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      var asked =
          IntStream.range(0, holes)
              .mapToObj(i -> callers.submit(() -> index().choose(pool(), "x" + i)))
              .toList();
      var chosen = new HashSet<Choice>();
      for (var choice : asked) {
        chosen.add(choice.get());
      }
      assertThat(chosen).hasSize(holes).hasOnlyElementsOfType(Choice.Free.class);
    }
    assertThat(index().choose(pool(), "late")).isInstanceOf(Choice.Full.class);
  }

  @Test
  default void aReloadReplacesWhatWasWrong() {
    load(1, held(1, 99, "ghost"));
    await().until(() -> load(1) == LoadOutcome.LOADED);
    assertThat(index().choose(pool(), "a")).isEqualTo(free(1));
  }

  @Test
  default void aForgottenPoolMustBeLoaded() {
    load(1);
    index().forget(pool());
    assertThat(index().choose(pool(), "a")).isEqualTo(new Choice.NotLoaded());
  }

  @Test
  default void scriptsThatRedisForgotAreSentAgain() {
    load(1);
    servers().forEach(server -> server.ask("SCRIPT FLUSH"));
    assertThat(index().choose(pool(), "a")).isEqualTo(free(1));
  }

  @Test
  default void aPoolOfAThousandTimesTheChunkLoads() {
    index()
        .load(pool(), 5_000, 1, IntStream.rangeClosed(1, 4_999).mapToObj(i -> held(i, 1, "h" + i)));
    assertThat(chosen("h4321", "x")).containsExactly(new Choice.Own(4_321), free(5_000));
  }

  /**
   * Against a model that knows who holds what: nothing held is offered, and nothing free is missed.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  default void agreesWithAModel(long seed) {
    var random = new Random(seed);
    var generations = new HashMap<Integer, Long>();
    var holders = new HashMap<Integer, String>();
    Set<Integer> aside = new HashSet<>();
    int limit = 8;
    long revision = 1;
    load(limit);
    for (int step = 0; step < 300; step++) {
      var context = "seed " + seed + " step " + step;
      switch (random.nextInt(30)) {
        case 0 -> {
          limit = random.nextInt(12);
          index().setLimit(pool(), limit, ++revision);
        }
        case 1 -> {
          var current = limit;
          var revised = revision;
          await()
              .pollDelay(Duration.ZERO)
              .pollInterval(Duration.ofMillis(5))
              .until(
                  () ->
                      index().load(pool(), current, revised, liveSlots(generations, holders))
                          == LoadOutcome.LOADED);
          aside.clear();
        }
        case 2, 3, 4, 5, 6, 7, 8, 9, 10 -> {
          for (var slot : List.copyOf(holders.keySet())) {
            if (random.nextBoolean()) {
              holders.remove(slot);
              index().freed(pool(), slot, generations.get(slot));
            }
          }
        }
        default -> {
          var holder = "h" + random.nextInt(15);
          switch (index().choose(pool(), holder)) {
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
                index().held(pool(), held(slot, generation, holder));
              }
            }
            case Choice.Full ignored ->
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

  private LoadOutcome load(int seats, HeldSlot... held) {
    return index().load(pool(), seats, 1, Stream.of(held));
  }

  private List<Choice> chosen(String... holders) {
    return Stream.of(holders).map(holder -> index().choose(pool(), holder)).toList();
  }

  private static Choice full(int endsFirst) {
    return new Choice.Full(OptionalInt.of(endsFirst));
  }

  private static Choice free(int slot) {
    return new Choice.Free(slot);
  }

  private static HeldSlot held(int slot, long generation, String holder) {
    return new HeldSlot(slot, generation, holder, MINUTE);
  }
}
