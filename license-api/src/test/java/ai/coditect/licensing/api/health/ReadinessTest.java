package ai.coditect.licensing.api.health;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.api.callers.TestCallers;
import ai.coditect.licensing.api.fakes.LocalRootSigner;
import ai.coditect.licensing.api.fakes.ScriptedLedger;
import ai.coditect.licensing.api.fakes.Seats;
import ai.coditect.licensing.api.fakes.SetClock;
import ai.coditect.licensing.api.signing.LeafKeeper;
import ai.coditect.licensing.api.signing.TestLeaves;
import org.junit.jupiter.api.Test;

class ReadinessTest {

  private final SetClock clock = new SetClock(Seats.NOW);
  private final ScriptedLedger ledger = new ScriptedLedger();
  private final LedgerProbe probe = new LedgerProbe(ledger);
  private final LeafKeeper leaves = TestLeaves.certified("acme", ledger, clock);
  private final Readiness readiness = new Readiness(probe, leaves, TestCallers.of(ledger));

  @Test
  void warmWritableAndSigningIsReady() {
    probe.probe();
    readiness.warm();

    assertThat(readiness.reasonsAgainst()).isEmpty();
  }

  @Test
  void coldIsNotReady() {
    probe.probe();

    assertThat(readiness.reasonsAgainst()).containsExactly("starting: still warming up");
    assertThat(readiness.lacksOnlyWarmth()).isTrue();
  }

  @Test
  void beforeTheFirstProbeItIsNotReady() {
    readiness.warm();

    assertThat(readiness.reasonsAgainst()).containsExactly("ledger: it cannot be written");
  }

  @Test
  void oneFailedProbeIsNotBelieved() {
    probe.probe();
    readiness.warm();
    ledger.away = true;
    probe.probe();

    assertThat(readiness.reasonsAgainst()).isEmpty();
  }

  @Test
  void twoFailedProbesAreBelievedUntilOneSucceeds() {
    probe.probe();
    readiness.warm();
    ledger.away = true;
    probe.probe();
    probe.probe();
    assertThat(readiness.reasonsAgainst()).isNotEmpty();

    ledger.away = false;
    probe.probe();
    assertThat(readiness.reasonsAgainst()).isEmpty();
  }

  @Test
  void failedProbesAreNotBelievedWhileCallersSeatsAreWritten() {
    probe.probe();
    readiness.warm();
    ledger.away = true;
    for (int i = 0; i < 5; i++) {
      probe.written();
      probe.probe();
    }
    assertThat(readiness.reasonsAgainst()).isEmpty();

    probe.probe();
    probe.probe();
    assertThat(readiness.reasonsAgainst()).isNotEmpty();
  }

  @Test
  void whatWasWrittenBeforeASuccessfulProbeProvesNothingAfterIt() {
    probe.written();
    probe.probe();
    readiness.warm();
    ledger.away = true;
    probe.probe();
    probe.probe();

    assertThat(readiness.reasonsAgainst()).isNotEmpty();
  }

  @Test
  void withoutALeafItIsNotReadyAndSaysWhy() {
    LeafKeeper none = TestLeaves.keeper("acme", ledger, new LocalRootSigner(), clock);
    Readiness unsigned = new Readiness(probe, none, TestCallers.of(ledger));
    probe.probe();
    unsigned.warm();

    assertThat(unsigned.reasonsAgainst())
        .containsExactly("signing: the first key statement is not signed yet");
  }

  @Test
  void stoppingIsNotReadyHoweverWarm() {
    probe.probe();
    readiness.stopping();
    readiness.warm();

    assertThat(readiness.reasonsAgainst()).containsExactly("stopping: the process was told to end");
  }
}
