package ai.coditect.licensing.api.signing;

import static ai.coditect.licensing.api.fakes.LocalRootSigner.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.api.fakes.LocalRootSigner;
import ai.coditect.licensing.api.fakes.ScriptedLedger;
import ai.coditect.licensing.api.fakes.Seats;
import ai.coditect.licensing.api.fakes.SetClock;
import ai.coditect.licensing.stores.ledger.RootVersions;
import ai.coditect.licensing.tokens.Reason;
import ai.coditect.licensing.tokens.Verdict;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TenantTokensTest {

  private static final RootVersions BOTH = new RootVersions(SECOND, List.of("root-1", SECOND));

  private final SetClock clock = new SetClock(Seats.NOW);
  private final ScriptedLedger ledger = new ScriptedLedger();

  @Test
  void tokensOfPodsOnEitherRootVerify() {
    String before = signedByAPod();
    ledger.rootVersions = Optional.of(BOTH);
    String after = signedByAPod();

    TenantTokens tokens = tokens();
    assertThat(tokens.verify(before)).isInstanceOf(Verdict.Valid.class);
    assertThat(tokens.verify(after)).isInstanceOf(Verdict.Valid.class);
  }

  /** Another pod may have noticed the new root before this one looked. */
  @Test
  void aTokenByARootThatHasJustBegunVerifies() {
    TenantTokens tokens = tokens();
    assertThat(tokens.verify(signedByAPod())).isInstanceOf(Verdict.Valid.class);
    ledger.rootVersions = Optional.of(BOTH);

    assertThat(tokens.verify(signedByAPod())).isInstanceOf(Verdict.Valid.class);
  }

  @Test
  void aTokenByAWithdrawnRootIsRefused() {
    String before = signedByAPod();
    ledger.rootVersions = Optional.of(RootVersions.of(SECOND));

    assertThat(tokens().verify(before))
        .isInstanceOfSatisfying(
            Verdict.Invalid.class,
            refused -> assertThat(refused.reason()).isEqualTo(Reason.UNKNOWN_ROOT));
  }

  private TenantTokens tokens() {
    return new TenantTokens("acme", new PublicKeys(ledger, new LocalRootSigner(), clock), clock);
  }

  private String signedByAPod() {
    LeafKeeper pod = TestLeaves.certified("acme", ledger, clock);
    return new SeatSigner("acme", pod, clock)
        .sign(Seats.seat("holder", Seats.NOW, Seats.LEASE))
        .orElseThrow()
        .token();
  }
}
