package ai.coditect.licensing.api.seats;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.api.fakes.ScriptedIndex;
import ai.coditect.licensing.api.fakes.ScriptedLedger;
import ai.coditect.licensing.api.fakes.Seats;
import ai.coditect.licensing.api.fakes.SetClock;
import ai.coditect.licensing.stores.seats.SeatIndex.LoadOutcome;
import ai.coditect.licensing.stores.seats.SeatIndex.PoolRef;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class IndexLoaderTest {

  private static final PoolRef CAD = new PoolRef("acme", "cad");

  private final ScriptedLedger ledger = new ScriptedLedger();
  private final ScriptedIndex index = new ScriptedIndex();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final IndexLoader loader = new IndexLoader(ledger, index, threads, Ticker.systemTicker());

  IndexLoaderTest() {
    ledger.poolsByKey.put("key", Seats.pool(false));
  }

  @AfterEach
  void stop() {
    threads.close();
  }

  @Test
  void callersAtTheSameTimeShareOneLoad() throws Exception {
    IndexLoader patient =
        new IndexLoader(ledger, index, threads, Ticker.systemTicker(), Duration.ofMinutes(1));
    CountDownLatch go = new CountDownLatch(1);
    ledger.beforeSlotRead = () -> await(go);
    List<Future<Boolean>> callers = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      callers.add(threads.submit(() -> patient.load(CAD)));
    }
    Awaitility.await().until(() -> ledger.slotReads.get() == 1);
    go.countDown();

    for (Future<Boolean> caller : callers) {
      assertThat(caller.get()).isTrue();
    }
    assertThat(index.loads.size()).as("loads").isLessThan(5);
  }

  @Test
  void aCallerDoesNotWaitLongForALoadAndAsksForWhatIsThereAlready() {
    CountDownLatch never = new CountDownLatch(1);
    ledger.beforeSlotRead = () -> await(never);

    assertThat(loader.load(CAD)).isTrue();
    assertThat(index.loads).isEmpty();
    never.countDown();
  }

  @ParameterizedTest
  @EnumSource(LoadOutcome.class)
  void onlyALoadThatToldTheIndexSomethingIsWorthAskingItAgain(LoadOutcome outcome) {
    index.loadOutcome = outcome;

    assertThat(loader.load(CAD))
        .isEqualTo(outcome == LoadOutcome.LOADED || outcome == LoadOutcome.LOADED_BY_ANOTHER);
  }

  @Test
  void aPoolOutOfServiceIsNotLoaded() {
    ledger.poolsByKey.clear();

    assertThat(loader.load(CAD)).isFalse();
  }

  @Test
  void aLoadThatMeetsAnOutageSaysSoInsteadOfThrowing() {
    ledger.away = true;

    assertThat(loader.load(CAD)).isFalse();
  }

  @Test
  void aPoolRestsFiveTimesAsLongAsItsLoadTook() {
    SetClock clock = new SetClock(Seats.NOW);
    IndexLoader atOnce = new IndexLoader(ledger, index, Runnable::run, clock);
    ledger.beforeSlotRead = () -> clock.move(Duration.ofSeconds(1));
    atOnce.loadSoon(CAD);
    clock.move(Duration.ofMillis(4_999));
    atOnce.loadSoon(CAD);
    assertThat(atOnce.load(CAD)).isFalse();
    assertThat(index.loads).hasSize(1);

    clock.move(Duration.ofMillis(1));
    assertThat(atOnce.load(CAD)).isTrue();
    assertThat(index.loads).hasSize(2);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
