package ai.coditect.licensing.api.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coditect.licensing.api.fakes.LocalRootSigner;
import ai.coditect.licensing.api.fakes.ScriptedLedger;
import ai.coditect.licensing.api.fakes.Seats;
import ai.coditect.licensing.api.fakes.SetClock;
import ai.coditect.licensing.stores.ledger.LedgerUnavailableException;
import ai.coditect.licensing.stores.ledger.RevokedSlots;
import ai.coditect.licensing.stores.ledger.RevokedSlots.Slot;
import ai.coditect.licensing.tokens.RevocationVerdict;
import ai.coditect.licensing.tokens.SeatVerifier;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RevocationListsTest {

  private static final int CALLERS = 8;

  private final SetClock clock = new SetClock(Seats.NOW);
  private final ScriptedLedger ledger = new ScriptedLedger();
  private final LeafKeeper leaves = TestLeaves.certified("acme", ledger, clock);
  private final RevocationLists lists = new RevocationLists("acme", ledger, leaves, clock);

  @Test
  void aListHasWhatTheLedgerHasAndVerifies() {
    ledger.revokedSlots =
        new RevokedSlots(
            Seats.NOW,
            List.of(new Slot("cad", 7, 4), new Slot("cad", 1, 9), new Slot("render", 7, 2)),
            false);

    SignedRevocations signed = lists.current();

    assertThat(signed.list().revoked())
        .isEqualTo(Map.of("cad", Map.of(7, 4L, 1, 9L), "render", Map.of(7, 2L)));
    assertThat(signed.list().complete()).isFalse();
    assertThat(
            SeatVerifier.pinnedTo(List.of(LocalRootSigner.root()))
                .forTenant("acme")
                .verifyRevocations(signed.jws(), signed.statement(), 0, Seats.NOW))
        .isEqualTo(new RevocationVerdict.Valid(signed.list()));
  }

  @Test
  void aListsSequenceIsTheInstantOfTheLedgersReading() {
    Instant later = Seats.NOW.plus(1, ChronoUnit.MICROS);
    long first = lists.current().list().sequence();
    read(later, Duration.ofSeconds(1));

    assertThat(lists.current().list().sequence()).isEqualTo(first + 1);
  }

  @Test
  void aListIsGoodForTenMinutes() {
    assertThat(lists.current().list().expiresAt())
        .isEqualTo(Seats.NOW.plusSeconds(600).truncatedTo(ChronoUnit.SECONDS));
  }

  @Test
  void aListEndsWithItsStatement() {
    Instant almostOver = leaves.current().orElseThrow().notAfter().minusSeconds(5);
    read(almostOver, Duration.ZERO);

    assertThat(lists.current().list().expiresAt()).isEqualTo(almostOver.plusSeconds(5));
  }

  @Test
  void withoutACertifiedLeafThereIsNone() {
    read(leaves.current().orElseThrow().notAfter(), Duration.ZERO);

    assertThatThrownBy(lists::current).isInstanceOf(SigningUnavailableException.class);
  }

  @Test
  void whileTheLedgerIsAwayThereIsNoneOnceASecondIsOver() {
    lists.current();
    ledger.away = true;
    clock.move(Duration.ofSeconds(1));

    assertThatThrownBy(lists::current).isInstanceOf(LedgerUnavailableException.class);
  }

  @Test
  void whatEndedASecondAgoIsOnTheList() {
    SignedRevocations before = lists.current();
    ledger.revokedSlots = new RevokedSlots(Seats.NOW, List.of(new Slot("cad", 7, 4)), true);
    clock.move(Duration.ofMillis(999));
    assertThat(lists.current()).isSameAs(before);
    clock.move(Duration.ofMillis(1));

    assertThat(lists.current().list().revoked()).containsKey("cad");
  }

  @Test
  void thoseWhoComeAtOnceShareOneReading() throws InterruptedException {
    CountDownLatch answer = new CountDownLatch(1);
    AtomicInteger readings = new AtomicInteger();
    ledger.beforeRevokedSlots =
        () -> {
          readings.incrementAndGet();
          WaitingThreads.await(answer);
        };
    List<Thread> callers = new ArrayList<>();
    callers.add(Thread.startVirtualThread(lists::current));
    WaitingThreads.waitFor(callers.getFirst(), Thread.State.WAITING);
    for (int i = 0; i < CALLERS; i++) {
      callers.add(Thread.startVirtualThread(lists::current));
    }
    callers.stream()
        .skip(1)
        .forEach(caller -> WaitingThreads.waitFor(caller, Thread.State.TIMED_WAITING));
    answer.countDown();
    for (Thread caller : callers) {
      caller.join();
    }

    assertThat(readings).hasValue(1);
  }

  private void read(Instant at, Duration later) {
    ledger.revokedSlots = new RevokedSlots(at, List.of(), true);
    clock.move(later);
  }
}
