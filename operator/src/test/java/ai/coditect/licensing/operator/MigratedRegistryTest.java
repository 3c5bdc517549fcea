package ai.coditect.licensing.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ai.coditect.licensing.operator.fakes.TestingRegistry;
import ai.coditect.licensing.operator.leadership.Term;
import ai.coditect.licensing.stores.ledger.LedgerUnavailableException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

class MigratedRegistryTest {

  private static final Set<Thread.State> WAITS_OR_HAS_ENDED =
      Set.of(Thread.State.TIMED_WAITING, Thread.State.TERMINATED);

  private final TestingRegistry registry = new TestingRegistry();

  @Test
  void whoeverComesDuringTheFirstAttemptWaitsForItsEnd() throws Exception {
    var mayGoOn = new CountDownLatch(1);
    registry.outage.beforeEachCall(() -> pass(mayGoOn));
    try (var migrated = MigratedRegistry.start(registry, Term.unlimited())) {
      var asked = new FutureTask<>(() -> migrated.tenantOwner("acme"));
      var caller = Thread.ofPlatform().start(asked);
      await("the caller").until(() -> WAITS_OR_HAS_ENDED.contains(caller.getState()));

      mayGoOn.countDown();

      assertThat(asked.get()).isEqualTo(Optional.empty());
    }
  }

  @Test
  void afterAnAttemptThatFailedTheLedgerCountsAsAwayUntilOneSucceeds() {
    registry.outage.begin();
    try (var migrated = MigratedRegistry.start(registry, Term.unlimited())) {
      assertThatThrownBy(() -> migrated.tenantOwner("acme"))
          .isInstanceOf(LedgerUnavailableException.class)
          .hasMessage("The schema is not up to date yet")
          .hasCauseInstanceOf(LedgerUnavailableException.class);

      registry.outage.end();

      await("the next attempt")
          .ignoreException(LedgerUnavailableException.class)
          .until(() -> migrated.tenantOwner("acme").isEmpty());
    }
  }

  private static void pass(CountDownLatch gate) {
    try {
      gate.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
