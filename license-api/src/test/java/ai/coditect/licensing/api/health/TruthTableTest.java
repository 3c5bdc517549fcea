package ai.coditect.licensing.api.health;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.api.callers.CurrentCallers;
import ai.coditect.licensing.api.callers.TestCallers;
import ai.coditect.licensing.api.fakes.LocalRootSigner;
import ai.coditect.licensing.api.fakes.ScriptedLedger;
import ai.coditect.licensing.api.fakes.Seats;
import ai.coditect.licensing.api.fakes.SetClock;
import ai.coditect.licensing.api.signing.LeafKeeper;
import ai.coditect.licensing.api.signing.TestLeaves;
import ai.coditect.licensing.stores.keys.KeysUnavailableException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Ready means: seats can be renewed here. Redis is not among the questions, and Cloud KMS only
 * until the first key is certified, and once more when that has ended.
 */
class TruthTableTest {

  private final SetClock clock = new SetClock(Seats.NOW);
  private final ScriptedLedger ledger = new ScriptedLedger();
  private final LedgerProbe probe = new LedgerProbe(ledger);

  @ParameterizedTest(name = "{0}, ledger {1}, leaf {2}, KMS {3}: ready {4}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # phase  | ledger | leaf  | KMS   | ready | because of
          cold     | there  | live  | there | no    | starting
          cold     | away   | none  | away  | no    | starting,ledger,signing
          warm     | there  | live  | there | yes   |
          warm     | there  | live  | away  | yes   |
          warm     | there  | ended | away  | no    | signing
          warm     | there  | none  | away  | no    | signing
          warm     | there  | none  | there | no    | signing
          warm     | away   | live  | there | no    | ledger
          warm     | away   | ended | away  | no    | ledger,signing
          stopping | there  | live  | there | no    | stopping
          stopping | away   | none  | away  | no    | stopping,ledger,signing
          """)
  void readyIsWhoCanRenew(
      String phase, String ledgerIs, String leaf, String kms, String ready, String because) {
    LocalRootSigner rootSigner = new LocalRootSigner();
    LeafKeeper leaves = TestLeaves.keeper("acme", ledger, rootSigner, clock);
    if (!leaf.equals("none")) {
      TestLeaves.attempt(leaves);
    }
    if (leaf.equals("ended")) {
      clock.move(TestLeaves.LIFETIME);
    }
    if (kms.equals("away")) {
      rootSigner.failure = Optional.of(() -> new KeysUnavailableException("told to be away", null));
      TestLeaves.attempt(leaves);
    }
    CurrentCallers callers = TestCallers.of(ledger);
    ledger.away = ledgerIs.equals("away");
    probe.probe();
    Readiness readiness = new Readiness(probe, leaves, callers);
    switch (phase) {
      case "warm" -> readiness.warm();
      case "stopping" -> readiness.stopping();
      default -> {
        // As it starts.
      }
    }

    List<String> reasons =
        readiness.reasonsAgainst().stream().map(reason -> reason.split(":", 2)[0]).toList();

    assertThat(reasons).isEqualTo(because == null ? List.of() : List.of(because.split(",", -1)));
    assertThat(reasons.isEmpty()).isEqualTo(ready.equals("yes"));
  }
}
