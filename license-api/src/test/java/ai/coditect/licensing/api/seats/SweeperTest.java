package ai.coditect.licensing.api.seats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.coditect.licensing.api.fakes.ScriptedIndex;
import ai.coditect.licensing.api.fakes.ScriptedIndex.Freed;
import ai.coditect.licensing.api.fakes.ScriptedLedger;
import ai.coditect.licensing.stores.ledger.Sweep;
import ai.coditect.licensing.stores.ledger.Sweep.FreedSlot;
import ai.coditect.licensing.stores.ledger.Sweep.Position;
import ai.coditect.licensing.stores.seats.SeatIndex.PoolRef;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class SweeperTest {

  private static final Set<Thread.State> WAITS_OR_IS_OVER =
      EnumSet.of(Thread.State.TIMED_WAITING, Thread.State.TERMINATED);

  private final ScriptedLedger ledger = new ScriptedLedger();
  private final ScriptedIndex index = new ScriptedIndex();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Sweeper sweeper = new Sweeper("acme", ledger, index, meters);

  @Test
  void theIndexIsToldOfEachSlotThatWasFreed() {
    ledger.sweeps.add(
        new Sweep(
            List.of(new FreedSlot("cad", 7, 3), new FreedSlot("render", 1, 9)), Optional.empty()));
    sweeper.attempt();
    assertThat(index.freed)
        .containsExactly(
            new Freed(new PoolRef("acme", "cad"), 7, 3),
            new Freed(new PoolRef("acme", "render"), 1, 9));
    assertThat(meters.get("license.seat.lapses").counter().count()).isEqualTo(2);
  }

  @Test
  void aWalkGoesOnWhereTheStepBeforeStopped() {
    Position position = new Position("cad", 1_000);
    ledger.sweeps.add(new Sweep(List.of(), Optional.of(position)));
    ledger.sweeps.add(new Sweep(List.of(), Optional.empty()));
    Duration withinAWalk = sweeper.attempt();
    Duration afterIt = sweeper.attempt();
    sweeper.attempt();
    assertThat(ledger.sweptFrom)
        .containsExactly(Optional.empty(), Optional.of(position), Optional.empty());
    assertThat(withinAWalk).isLessThan(afterIt);
  }

  @Test
  void aMillionSlotsAreWalkedThroughWithinAMinuteOrTwo() {
    ledger.sweeps.add(new Sweep(List.of(), Optional.of(new Position("cad", 1_000))));
    assertThat(sweeper.attempt().multipliedBy(1_000_000 / 1_000)).isLessThan(Duration.ofMinutes(2));
  }

  @Test
  void whileTheLedgerIsAwayItWaitsLongerAndGoesOnWhereItWas() {
    Position position = new Position("cad", 1_000);
    ledger.sweeps.add(new Sweep(List.of(), Optional.of(position)));
    Duration usual = sweeper.attempt();
    ledger.away = true;
    assertThat(sweeper.attempt()).isGreaterThan(usual);
    ledger.away = false;
    sweeper.attempt();
    assertThat(ledger.sweptFrom).containsExactly(Optional.empty(), Optional.of(position));
  }

  @Test
  void whoeverClosesItWaitsForTheStepThatIsUnderWay() throws Exception {
    CountDownLatch goesOn = new CountDownLatch(1);
    List<String> order = new CopyOnWriteArrayList<>();
    ledger.beforeSweep =
        () -> {
          hold(goesOn);
          order.add("step");
        };
    sweeper.start();
    await().until(() -> !ledger.sweptFrom.isEmpty());

    Thread closer =
        Thread.ofPlatform()
            .start(
                () -> {
                  sweeper.close();
                  order.add("closed");
                });
    await().until(() -> WAITS_OR_IS_OVER.contains(closer.getState()));
    goesOn.countDown();
    closer.join();

    assertThat(order).containsExactly("step", "closed");
  }

  @Test
  void oneThatWasNeverBegunIsClosedAtOnce() {
    sweeper.close();

    assertThat(ledger.sweptFrom).isEmpty();
  }

  private static void hold(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
