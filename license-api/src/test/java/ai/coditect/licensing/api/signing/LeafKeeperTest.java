package ai.coditect.licensing.api.signing;

import static ai.coditect.licensing.api.fakes.LocalRootSigner.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.api.fakes.LocalRootSigner;
import ai.coditect.licensing.api.fakes.ScriptedLedger;
import ai.coditect.licensing.api.fakes.Seats;
import ai.coditect.licensing.api.fakes.SetClock;
import ai.coditect.licensing.stores.keys.KeyRefusedException;
import ai.coditect.licensing.stores.keys.KeysUnavailableException;
import ai.coditect.licensing.stores.ledger.RootVersions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LeafKeeperTest {

  private final SetClock clock = new SetClock(Seats.NOW);
  private final ScriptedLedger ledger = new ScriptedLedger();
  private final LocalRootSigner rootSigner = new LocalRootSigner();
  private final LeafKeeper keeper = TestLeaves.keeper("acme", ledger, rootSigner, clock);

  @Test
  void aLeafSignsOnlyAfterItsStatementIsInTheLedger() {
    keeper.attempt();

    assertThat(ledger.published)
        .singleElement()
        .satisfies(
            stored -> {
              CertifiedLeaf leaf = keeper.current().orElseThrow();
              assertThat(stored.leafKeyId()).isEqualTo(leaf.key().id());
              assertThat(stored.statement()).isEqualTo(leaf.statement());
              assertThat(stored.notAfter()).isEqualTo(leaf.notAfter());
            });
  }

  @Test
  void aStatementThatCannotBeStoredCertifiesNothing() {
    ledger.refusesStatements = true;

    keeper.attempt();

    assertThat(rootSigner.signatures).hasValue(1);
    assertThat(keeper.current()).isEmpty();
    assertThat(keeper.problem()).contains("the ledger is unavailable");
  }

  @Test
  void withoutARootKeyItSaysWhatIsMissing() {
    ledger.rootVersions = Optional.empty();

    Duration next = keeper.attempt();

    assertThat(keeper.problem()).contains("the operator has not made the tenant's root key yet");
    assertThat(next).isLessThanOrEqualTo(Duration.ofMillis(500));
  }

  @Test
  void anOutageAtStartIsRetriedUntilItEnds() {
    rootSigner.failure = Optional.of(() -> new KeysUnavailableException("away", null));
    keeper.attempt();
    assertThat(keeper.problem()).contains("the key management service is unavailable");

    rootSigner.failure = Optional.empty();
    keeper.attempt();
    assertThat(keeper.problem()).isEmpty();
  }

  @Test
  void retriesSlowDownToAThirtiethOfAMinuteAndNoFurther() {
    rootSigner.failure = Optional.of(() -> new KeyRefusedException("disabled", null));
    Duration last = Duration.ZERO;
    for (int i = 0; i < 20; i++) {
      last = keeper.attempt();
    }

    assertThat(last).isBetween(Duration.ofSeconds(24), Duration.ofSeconds(30));
  }

  @Test
  void aCertifiedLeafIsRenewedBeforeHalfOfItsLife() {
    assertThat(keeper.attempt())
        .isBetween(
            TestLeaves.LIFETIME.dividedBy(2).multipliedBy(7).dividedBy(10),
            TestLeaves.LIFETIME.dividedBy(2));
  }

  @Test
  void anOutageGoesUnnoticedWhileTheLeafLives() {
    keeper.attempt();
    rootSigner.failure = Optional.of(() -> new KeysUnavailableException("away", null));
    clock.move(TestLeaves.LIFETIME.dividedBy(2));
    keeper.attempt();

    assertThat(keeper.problem()).isEmpty();
  }

  @Test
  void aLeafThatEndedSignsNoMore() {
    keeper.attempt();
    clock.move(TestLeaves.LIFETIME);

    assertThat(keeper.problem()).isPresent();
  }

  @Test
  void eachRenewalBringsAnotherKey() {
    keeper.attempt();
    String first = keeper.current().orElseThrow().key().id();
    keeper.attempt();

    assertThat(keeper.current().orElseThrow().key().id()).isNotEqualTo(first);
  }

  @Test
  void aLeafIsRenewedOnceAnotherRootSigns() {
    keeper.attempt();
    ledger.rootVersions = Optional.of(new RootVersions("root-1", List.of("root-1", SECOND)));
    assertThat(keeper.anotherRootSigns()).isFalse();

    ledger.rootVersions = Optional.of(new RootVersions(SECOND, List.of("root-1", SECOND)));
    assertThat(keeper.anotherRootSigns()).isTrue();
    keeper.attempt();

    assertThat(keeper.current().orElseThrow().root().version()).isEqualTo(SECOND);
    assertThat(keeper.anotherRootSigns()).isFalse();
  }

  @Test
  void aLeafSignsOnWhileTheRootsCannotBeLookedAt() {
    keeper.attempt();
    ledger.away = true;
    assertThat(keeper.anotherRootSigns()).isFalse();
    ledger.away = false;
    rootSigner.failure = Optional.of(() -> new KeysUnavailableException("away", null));
    assertThat(keeper.anotherRootSigns()).isFalse();

    assertThat(keeper.problem()).isEmpty();
  }

  @Test
  void aRootThatRefusesToSignLeavesTheOneBeforeInUse() {
    keeper.attempt();
    ledger.rootVersions = Optional.of(new RootVersions(SECOND, List.of("root-1", SECOND)));
    rootSigner.disabled.add(SECOND);
    keeper.attempt();

    assertThat(keeper.current().orElseThrow().root().version()).isEqualTo("root-1");
    assertThat(keeper.problem()).isEmpty();
  }
}
