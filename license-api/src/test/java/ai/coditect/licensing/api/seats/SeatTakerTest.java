package ai.coditect.licensing.api.seats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coditect.licensing.api.fakes.ScriptedIndex;
import ai.coditect.licensing.api.fakes.ScriptedLedger;
import ai.coditect.licensing.api.fakes.Seats;
import ai.coditect.licensing.api.fakes.SetClock;
import ai.coditect.licensing.stores.ledger.GrantOutcome;
import ai.coditect.licensing.stores.ledger.LedgerUnavailableException;
import ai.coditect.licensing.stores.ledger.LiveSlot;
import ai.coditect.licensing.stores.seats.SeatIndex.Choice;
import ai.coditect.licensing.stores.seats.SeatIndex.HeldSlot;
import ai.coditect.licensing.stores.seats.SeatIndex.LoadOutcome;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class SeatTakerTest {

  private static final Applicant ALICE = Applicant.of("acme", "key", "alice", "");
  private static final Applicant BOB = Applicant.of("acme", "key", "bob", "");
  private static final GrantOutcome GRANTED = new GrantOutcome.Granted(Seats.seat(ALICE.holder()));
  private static final LiveSlot BOBS_SLOT =
      new LiveSlot(2, 9, BOB.holder(), Duration.ofSeconds(100));
  private static final GrantOutcome HELD = new GrantOutcome.SlotHeld(Optional.of(BOBS_SLOT));
  private static final GrantOutcome FULL = new GrantOutcome.PoolFull(Duration.ofSeconds(100));
  private static final Choice LOOKS_FULL = new Choice.Full(OptionalInt.of(2));

  private final SetClock clock = new SetClock(Seats.NOW);
  private final ScriptedLedger ledger = new ScriptedLedger();
  private final ScriptedIndex index = new ScriptedIndex();
  private final SeatTaker taker =
      new SeatTaker(
          "acme",
          ledger,
          index,
          new IndexLoader(ledger, index, Runnable::run, clock),
          new FullPools(clock),
          clock);

  SeatTakerTest() {
    ledger.poolsByKey.put(ALICE.licenseKeySha256Hex(), Seats.pool(false));
  }

  @Test
  void theSlotThatLooksFreeIsAskedForByName() {
    index.choices.add(new Choice.Free(2));
    ledger.grants.add(GRANTED);

    assertThat(taker.take("cad", ALICE)).isEqualTo(GRANTED);
    assertThat(ledger.requests.getFirst().slot()).isEqualTo(OptionalInt.of(2));
  }

  @Test
  void theHoldersOwnSlotIsAskedForByName() {
    index.choices.add(new Choice.Own(3));
    ledger.grants.add(GRANTED);

    taker.take("cad", ALICE);

    assertThat(ledger.requests.getFirst().slot()).isEqualTo(OptionalInt.of(3));
  }

  @Test
  void anIndexThatIsAwayLeavesTheChoiceToTheLedger() {
    index.choices.add(new Choice.Away());
    ledger.grants.add(GRANTED);

    assertThat(taker.take("cad", ALICE)).isEqualTo(GRANTED);
    assertThat(ledger.requests.getFirst().slot()).isEmpty();
  }

  @Test
  void anEmptyIndexIsLoadedAndAskedAgain() {
    ledger.liveSlots.add(BOBS_SLOT);
    index.choices.add(new Choice.NotLoaded());
    index.choices.add(new Choice.Free(3));
    ledger.grants.add(GRANTED);

    assertThat(taker.take("cad", ALICE)).isEqualTo(GRANTED);
    assertThat(index.loads)
        .singleElement()
        .satisfies(
            load -> {
              assertThat(load.seats()).isEqualTo(3);
              assertThat(load.revision()).isEqualTo(7);
              assertThat(load.held())
                  .containsExactly(new HeldSlot(2, 9, BOB.holder(), Duration.ofSeconds(100)));
            });
  }

  @Test
  void anIndexThatWasWrongAboutOneSlotIsToldSoAndAskedAgain() {
    index.choices.add(new Choice.Free(2));
    ledger.grants.add(HELD);
    index.choices.add(new Choice.Free(3));
    ledger.grants.add(GRANTED);

    assertThat(taker.take("cad", ALICE)).isEqualTo(GRANTED);
    assertThat(index.held)
        .containsExactly(new HeldSlot(2, 9, BOB.holder(), Duration.ofSeconds(100)));
    assertThat(index.loads).isEmpty();
  }

  @Test
  void anIndexThatKnowsASlotThePoolHasNotIsLoadedAtOnce() {
    index.choices.add(new Choice.Free(4));
    ledger.grants.add(new GrantOutcome.SlotHeld(Optional.empty()));
    index.choices.add(new Choice.Free(3));
    ledger.grants.add(GRANTED);

    assertThat(taker.take("cad", ALICE)).isEqualTo(GRANTED);
    assertThat(index.loads).hasSize(1);
  }

  @Test
  void afterALoadThatDidNotHelpTheLedgerChooses() {
    for (int i = 0; i < 3; i++) {
      index.choices.add(new Choice.Free(2));
      ledger.grants.add(HELD);
    }
    ledger.grants.add(GRANTED);

    assertThat(taker.take("cad", ALICE)).isEqualTo(GRANTED);
    assertThat(index.loads).hasSize(1);
    assertThat(ledger.requests.getLast().slot()).isEmpty();
  }

  @Test
  void anIndexThatWasLoadedAMomentAgoIsNotAskedAThirdTime() {
    index.loadOutcome = LoadOutcome.LOADED_JUST_NOW;
    for (int i = 0; i < 2; i++) {
      index.choices.add(new Choice.Free(2));
      ledger.grants.add(HELD);
    }
    ledger.grants.add(GRANTED);

    assertThat(taker.take("cad", ALICE)).isEqualTo(GRANTED);
    assertThat(ledger.requests.getLast().slot()).isEmpty();
  }

  @Test
  void whatAnotherProcessHasLoadedSoFarIsAskedFor() {
    index.loadOutcome = LoadOutcome.LOADED_BY_ANOTHER;
    index.choices.add(new Choice.NotLoaded());
    index.choices.add(new Choice.Free(3));
    ledger.grants.add(GRANTED);

    assertThat(taker.take("cad", ALICE)).isEqualTo(GRANTED);
    assertThat(ledger.requests.getFirst().slot()).isEqualTo(OptionalInt.of(3));
  }

  @Test
  void aSearchThatTakesLongIsLeftToTheLedger() {
    ledger.beforeGrant = () -> clock.move(Duration.ofMillis(600));
    index.choices.add(new Choice.Free(2));
    ledger.grants.add(HELD);
    ledger.grants.add(GRANTED);

    assertThat(taker.take("cad", ALICE)).isEqualTo(GRANTED);
    assertThat(ledger.requests.getLast().slot()).isEmpty();
  }

  @Test
  void aLedgerThatIsSlowIsAskedNothingAnewAfterASecond() {
    ledger.beforeGrant = () -> clock.move(Duration.ofMillis(1_001));
    index.choices.add(new Choice.Free(2));
    ledger.grants.add(HELD);

    assertThatThrownBy(() -> taker.take("cad", ALICE))
        .isInstanceOf(LedgerUnavailableException.class);
    assertThat(ledger.requests).hasSize(1);
  }

  @Test
  void aSlowIndexKeepsNobodyFromTheLedger() {
    ledger.beforeSlotRead = () -> clock.move(Duration.ofMillis(1_001));
    index.choices.add(new Choice.NotLoaded());
    ledger.grants.add(GRANTED);

    assertThat(taker.take("cad", ALICE)).isEqualTo(GRANTED);
  }

  @Test
  void anIndexThatStaysEmptyAfterALoadLeavesTheChoiceToTheLedger() {
    for (int i = 0; i < 2; i++) {
      index.choices.add(new Choice.NotLoaded());
    }
    ledger.grants.add(GRANTED);

    assertThat(taker.take("cad", ALICE)).isEqualTo(GRANTED);
    assertThat(index.loads).hasSize(1);
  }

  @Test
  void aFullPoolIsConfirmedByTheLedger() {
    index.choices.add(LOOKS_FULL);
    ledger.grants.add(FULL);

    assertThat(taker.take("cad", ALICE)).isEqualTo(FULL);
    assertThat(ledger.requests.getFirst().slot()).isEmpty();
  }

  @Test
  void aSeatThatTheIndexDidNotKnowOfIsGrantedAndTheIndexLoaded() {
    index.choices.add(LOOKS_FULL);
    ledger.grants.add(GRANTED);

    assertThat(taker.take("cad", ALICE)).isEqualTo(GRANTED);
    assertThat(index.loads).hasSize(1);
  }

  @Test
  void aFullPoolIsRememberedForHalfASecond() {
    aliceIsRefused();
    clock.move(Duration.ofMillis(499));

    index.choices.add(LOOKS_FULL);
    assertThat(taker.take("cad", ALICE))
        .isEqualTo(new GrantOutcome.PoolFull(Duration.ofMillis(99_501)));
    assertThat(ledger.requests).hasSize(1);
  }

  @Test
  void aFullPoolIsForgottenAfterHalfASecond() {
    aliceIsRefused();
    clock.move(Duration.ofMillis(501));

    index.choices.add(LOOKS_FULL);
    ledger.grants.add(GRANTED);
    assertThat(taker.take("cad", ALICE)).isEqualTo(GRANTED);
  }

  @Test
  void theHalfSecondBeginsBeforeTheLedgerIsAskedHoweverLongTheProcessThenStandsStill() {
    ledger.beforeGrant = () -> clock.move(Duration.ofMillis(501));
    aliceIsRefused();

    index.choices.add(LOOKS_FULL);
    ledger.grants.add(GRANTED);
    assertThat(taker.take("cad", ALICE)).isEqualTo(GRANTED);
  }

  @Test
  void thatAHolderHasNoSeatIsRememberedFromBeforeTheLedgerIsAsked() {
    ledger.beforeGrant = () -> clock.move(Duration.ofMillis(400));
    aliceIsRefused();
    ledger.beforeGrant = () -> {};
    clock.move(Duration.ofMillis(4_700));
    index.choices.add(LOOKS_FULL);
    ledger.grants.add(FULL);
    taker.take("cad", BOB);

    index.choices.add(LOOKS_FULL);
    ledger.grants.add(GRANTED);
    assertThat(taker.take("cad", ALICE)).isEqualTo(GRANTED);
  }

  @Test
  void aFullPoolIsForgottenWhenItsFirstLeaseEnds() {
    index.choices.add(LOOKS_FULL);
    ledger.grants.add(new GrantOutcome.PoolFull(Duration.ofMillis(200)));
    taker.take("cad", ALICE);
    clock.move(Duration.ofMillis(200));

    index.choices.add(LOOKS_FULL);
    ledger.grants.add(GRANTED);
    assertThat(taker.take("cad", ALICE)).isEqualTo(GRANTED);
  }

  @Test
  void aPoolWhoseLimitWasRaisedIsNotRefusedFromMemory() {
    aliceIsRefused();

    index.choices.add(new Choice.Free(4));
    ledger.grants.add(GRANTED);
    assertThat(taker.take("cad", ALICE)).isEqualTo(GRANTED);
  }

  @Test
  void aFullPoolIsForgottenWhenASeatComesFree() {
    aliceIsRefused();
    taker.seatCameFree("cad");

    index.choices.add(LOOKS_FULL);
    ledger.grants.add(GRANTED);
    assertThat(taker.take("cad", ALICE)).isEqualTo(GRANTED);
  }

  @Test
  void aHolderThatTheLedgerHasNotRefusedItselfIsNotRefusedFromMemory() {
    aliceIsRefused();

    index.choices.add(LOOKS_FULL);
    ledger.grants.add(GRANTED);
    assertThat(taker.take("cad", BOB)).isEqualTo(GRANTED);
  }

  @Test
  void aFullPoolIsSearchedOnceAndOtherHoldersAreAskedForByTheSlotThatEndsFirst() {
    aliceIsRefused();

    index.choices.add(LOOKS_FULL);
    ledger.grants.add(HELD);
    assertThat(taker.take("cad", BOB)).isEqualTo(FULL);
    assertThat(ledger.requests.getLast().slot()).isEqualTo(OptionalInt.of(2));

    index.choices.add(LOOKS_FULL);
    assertThat(taker.take("cad", BOB)).isEqualTo(FULL);
    assertThat(ledger.requests).hasSize(2);
  }

  @Test
  void aHolderThatWasRefusedIsLookedForAgainAfterAMoment() {
    aliceIsRefused();
    clock.move(Duration.ofSeconds(6));
    index.choices.add(LOOKS_FULL);
    ledger.grants.add(FULL);
    taker.take("cad", BOB);

    index.choices.add(LOOKS_FULL);
    ledger.grants.add(GRANTED);
    assertThat(taker.take("cad", ALICE)).isEqualTo(GRANTED);
  }

  @Test
  void aPoolWithoutSeatsIsRememberedToo() {
    index.choices.add(LOOKS_FULL);
    ledger.grants.add(new GrantOutcome.PoolFull(Duration.ZERO));
    taker.take("cad", ALICE);

    index.choices.add(LOOKS_FULL);
    assertThat(taker.take("cad", ALICE)).isEqualTo(new GrantOutcome.PoolFull(Duration.ZERO));
  }

  @Test
  void aKeyThatWasRevokedMeanwhileIsRefused() {
    index.choices.add(new Choice.Free(2));
    ledger.grants.add(new GrantOutcome.UnknownKey());

    assertThat(taker.take("cad", ALICE)).isEqualTo(new GrantOutcome.UnknownKey());
  }

  private void aliceIsRefused() {
    index.choices.add(LOOKS_FULL);
    ledger.grants.add(FULL);
    assertThat(taker.take("cad", ALICE)).isEqualTo(FULL);
  }
}
