package ai.coditect.licensing.api.seats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coditect.licensing.api.fakes.ScriptedLedger;
import ai.coditect.licensing.api.fakes.Seats;
import ai.coditect.licensing.api.fakes.SetClock;
import ai.coditect.licensing.stores.ledger.LedgerUnavailableException;
import ai.coditect.licensing.stores.ledger.LicensedPool;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LicenseKeysTest {

  private final SetClock clock = new SetClock(Seats.NOW);
  private final ScriptedLedger ledger = new ScriptedLedger();
  private final LicenseKeys keys = new LicenseKeys(ledger, Runnable::run, clock);

  @Test
  void aKnownKeyIsLookedUpOnce() {
    ledger.poolsByKey.put("key", Seats.pool(false));
    keys.poolOf("key");
    clock.move(Duration.ofMillis(1_900));

    assertThat(keys.poolOf("key")).contains(Seats.pool(false));
    assertThat(ledger.keyLookups).hasValue(1);
  }

  @Test
  void aChangeActsWithinTenSecondsWhoeverAsksFirst() {
    ledger.poolsByKey.put("key", Seats.pool(false));
    keys.poolOf("key");
    ledger.poolsByKey.put("key", Seats.pool(true));
    clock.move(Duration.ofSeconds(9));

    assertThat(keys.poolOf("key")).contains(Seats.pool(true));
  }

  @Test
  void aKeyThatAppearsIsSeenAfterASecond() {
    keys.poolOf("key");
    ledger.poolsByKey.put("key", Seats.pool(false));
    clock.move(Duration.ofMillis(1_001));

    assertThat(keys.poolOf("key")).isPresent();
  }

  @Test
  void aKeyThatTheLedgerRefusedIsAskedForAgain() {
    ledger.poolsByKey.put("key", Seats.pool(false));
    keys.poolOf("key");
    ledger.poolsByKey.remove("key");
    keys.forget("key");

    assertThat(keys.poolOf("key")).isEmpty();
  }

  @Test
  void anOutageIsNotRememberedAsAnUnknownKey() {
    ledger.away = true;
    assertThatThrownBy(() -> keys.poolOf("key")).isInstanceOf(LedgerUnavailableException.class);
    ledger.away = false;
    ledger.poolsByKey.put("key", Seats.pool(false));
    clock.move(Duration.ofMillis(200));

    assertThat(keys.poolOf("key")).isPresent();
  }

  @Test
  void callersOfOneKeyShareOneFailure() throws Exception {
    ledger.away = true;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      LicenseKeys shared = new LicenseKeys(ledger, threads, clock);

      for (Future<?> caller : threads.invokeAll(callers(shared))) {
        assertThat(caller.exceptionNow()).isInstanceOf(LedgerUnavailableException.class);
      }
    }
    assertThat(ledger.keyLookups).hasValue(1);
  }

  @Test
  void nobodyWaitsForALedgerThatDoesNotAnswer() throws Exception {
    CountDownLatch answers = new CountDownLatch(1);
    ledger.beforeKeyLookup = () -> await(answers);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      LicenseKeys shared = new LicenseKeys(ledger, threads, clock);

      List<Future<Optional<LicensedPool>>> calls =
          threads.invokeAll(callers(shared), 5, TimeUnit.SECONDS);
      answers.countDown();

      assertThat(calls)
          .as("gave up by themselves")
          .allSatisfy(
              call ->
                  assertThat(call.exceptionNow()).isInstanceOf(LedgerUnavailableException.class));
    }
  }

  @Test
  void aKnownKeyOutlivesAnOutageOfItsRefresh() {
    ledger.poolsByKey.put("key", Seats.pool(false));
    keys.poolOf("key");
    ledger.away = true;
    clock.move(Duration.ofSeconds(3));

    assertThat(keys.poolOf("key")).isPresent();
  }

  private static List<Callable<Optional<LicensedPool>>> callers(LicenseKeys keys) {
    return Collections.nCopies(64, () -> keys.poolOf("key"));
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
