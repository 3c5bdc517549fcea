package ai.coditect.licensing.api.signing;

import static ai.coditect.licensing.api.fakes.LocalRootSigner.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ai.coditect.licensing.api.fakes.LocalRootSigner;
import ai.coditect.licensing.api.fakes.ScriptedLedger;
import ai.coditect.licensing.api.fakes.Seats;
import ai.coditect.licensing.api.fakes.SetClock;
import ai.coditect.licensing.stores.keys.KeysUnavailableException;
import ai.coditect.licensing.stores.ledger.RootVersions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PublicKeysTest {

  private static final int CALLERS = 8;

  private final SetClock clock = new SetClock(Seats.NOW);
  private final ScriptedLedger ledger = new ScriptedLedger();
  private final LocalRootSigner roots = new LocalRootSigner();
  private final PublicKeys keys = new PublicKeys(ledger, roots, clock);

  @BeforeEach
  void certifyALeaf() {
    TestLeaves.certified("acme", ledger, clock);
  }

  @Test
  void aLeafIsVerifiedOnce() {
    assertThat(keys.jwks().get(1)).isSameAs(keys.jwks().get(1));
  }

  @Test
  void aLeafThatAnotherPodCertifiedIsThereAtOnce() {
    assertThat(keys.jwks()).hasSize(2);
    TestLeaves.certified("acme", ledger, clock);

    assertThat(keys.jwks()).hasSize(3);
  }

  @Test
  void anEndedLeafIsNotThere() {
    keys.jwks();
    clock.move(TestLeaves.LIFETIME);

    assertThat(keys.jwks()).hasSize(1);
  }

  @Test
  void everyLiveRootIsThereBeforeItSigns() {
    believe("root-1", "root-1", SECOND);

    assertThat(keys.jwks())
        .extracting(jwk -> jwk.get("kid"))
        .contains(roots.read("root-1").id(), roots.read(SECOND).id())
        .hasSize(3);
  }

  @Test
  void theLeavesOfEveryLiveRootAreThere() {
    believe(SECOND, "root-1", SECOND);
    TestLeaves.certified("acme", ledger, clock);

    assertThat(keys.jwks()).hasSize(4);
  }

  @Test
  void aWithdrawnRootIsGoneWithItsLeavesAtOnce() {
    assertThat(keys.jwks()).hasSize(2);
    believe(SECOND, SECOND);

    assertThat(keys.jwks())
        .extracting(jwk -> jwk.get("kid"))
        .containsExactly(roots.read(SECOND).id());
  }

  @Test
  void aDisabledRootIsLeftOut() {
    believe("root-1", "root-1", SECOND);
    roots.disabled.add(SECOND);

    assertThat(keys.jwks()).hasSize(2);
  }

  @Test
  void aRootThatCannotBeReadNowIsNotLeftOut() {
    roots.failure = Optional.of(() -> new KeysUnavailableException("away", null));

    assertThatExceptionOfType(SigningUnavailableException.class).isThrownBy(keys::jwks);
  }

  private void believe(String signing, String... live) {
    ledger.rootVersions = Optional.of(new RootVersions(signing, List.of(live)));
  }

  @Test
  void thoseWhoWaitShareTheNextReading() throws InterruptedException {
    CountDownLatch answers = new CountDownLatch(1);
    AtomicInteger readings = new AtomicInteger();
    ledger.beforeStatements =
        () -> {
          readings.incrementAndGet();
          WaitingThreads.await(answers);
        };
    Thread first = Thread.startVirtualThread(keys::statements);
    WaitingThreads.waitFor(first, Thread.State.WAITING);
    List<Thread> others = new ArrayList<>();
    for (int i = 0; i < CALLERS; i++) {
      others.add(Thread.startVirtualThread(keys::statements));
    }
    others.forEach(other -> WaitingThreads.waitFor(other, Thread.State.TIMED_WAITING));
    answers.countDown();

    first.join();
    for (Thread other : others) {
      other.join();
    }
    assertThat(readings).hasValue(2);
  }
}
