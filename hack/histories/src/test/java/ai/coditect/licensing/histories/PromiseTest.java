package ai.coditect.licensing.histories;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.histories.Event.Granted;
import ai.coditect.licensing.histories.Event.Limited;
import ai.coditect.licensing.histories.Event.Lost;
import ai.coditect.licensing.histories.Event.MaybeRenewed;
import ai.coditect.licensing.histories.Event.NotGranted;
import ai.coditect.licensing.histories.Event.Refused;
import ai.coditect.licensing.histories.Event.Released;
import ai.coditect.licensing.histories.Event.Renewed;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Times are seconds; a lease is 100 of them. */
class PromiseTest {

  private static final UUID ONE = new UUID(0, 1);
  private static final UUID TWO = new UUID(0, 2);
  private static final UUID THREE = new UUID(0, 3);

  private final History history = new History(2);

  @Test
  void aSlotThatChangesHandsAfterReleaseOrLeaseBreaksNothing() {
    granted(0, 1, ONE, "a", 1, 1);
    history.add(new Released(span(10, 11), ONE));
    granted(10, 12, TWO, "b", 1, 3);
    granted(113, 114, THREE, "c", 1, 4);
    assertKept();
  }

  @Test
  void twoOnOneSlotAreFound() {
    granted(0, 1, ONE, "a", 1, 1);
    granted(99, 99, TWO, "b", 1, 2);
    assertBroken("Two hold one slot");
  }

  @Test
  void aTokenThatOutlivesTheLeaseIsFound() {
    granted(0, 1, ONE, "a", 1, 1);
    history.add(new Renewed(span(50, 51), ONE, at(151)));
    granted(120, 121, TWO, "b", 1, 2);
    assertBroken("Two hold one slot");
  }

  @Test
  void aGrantBeyondTheLimitIsFound() {
    granted(0, 1, ONE, "a", 1, 1);
    granted(0, 1, TWO, "b", 2, 1);
    granted(2, 3, THREE, "c", 3, 1);
    assertBroken("Granted with 2 of 2 seats held");
  }

  @Test
  void whoeverHeldAlreadyMayStayBeyondALoweredLimit() {
    granted(0, 1, ONE, "a", 1, 1);
    granted(0, 1, TWO, "b", 2, 1);
    history.add(new Limited(span(2, 3), 1));
    history.add(new Renewed(span(50, 51), ONE, at(150)));
    history.add(new Renewed(span(50, 51), TWO, at(150)));
    assertKept();
  }

  @Test
  void nobodyNewGetsInBeyondALoweredLimit() {
    granted(0, 1, ONE, "a", 2, 1);
    history.add(new Limited(span(2, 3), 1));
    granted(4, 5, TWO, "b", 1, 1);
    assertBroken("Granted with 1 of 1 seats held");
  }

  @Test
  void whoeverHeldAlreadyMayAcquireAnewBeyondALoweredLimit() {
    granted(0, 1, ONE, "a", 1, 1);
    granted(0, 1, TWO, "b", 2, 1);
    history.add(new Limited(span(2, 3), 1));
    granted(4, 5, THREE, "b", 2, 2);
    assertKept();
  }

  @Test
  void whoeverGaveItsSeatBackIsNewAgain() {
    granted(0, 1, ONE, "a", 1, 1);
    granted(0, 1, TWO, "b", 2, 1);
    history.add(new Limited(span(2, 3), 1));
    history.add(new Released(span(4, 5), TWO));
    granted(6, 7, THREE, "b", 2, 3);
    assertBroken("Granted with 1 of 1 seats held");
  }

  @Test
  void aLimitThatIsBeingRaisedMayBeInForceAlready() {
    granted(0, 1, ONE, "a", 1, 1);
    granted(0, 1, TWO, "b", 2, 1);
    history.add(new Limited(span(2, 9), 3));
    granted(3, 4, THREE, "c", 3, 1);
    assertKept();
  }

  @Test
  void aHolderSupersedesItself() {
    granted(0, 1, ONE, "a", 1, 1);
    granted(5, 6, TWO, "a", 1, 2);
    history.add(new Lost(span(7, 8), ONE));
    assertKept();
  }

  @Test
  void anAcquireWithoutAnswerMayHaveSupersededItsHolder() {
    granted(0, 1, ONE, "a", 1, 1);
    history.add(new NotGranted(span(5, 6), "a"));
    history.add(new Lost(span(7, 8), ONE));
    assertKept();
  }

  @Test
  void aSeatLostWhileItsTokenProvesItIsFound() {
    granted(0, 1, ONE, "a", 1, 1);
    history.add(new Lost(span(7, 8), ONE));
    assertBroken("Lost at");
  }

  @Test
  void aGenerationThatDoesNotRiseIsFound() {
    granted(0, 1, ONE, "a", 1, 7);
    history.add(new Released(span(10, 11), ONE));
    granted(12, 13, TWO, "b", 1, 7);
    assertBroken("The generation did not rise");
  }

  @Test
  void aGenerationThatGoesBackIsFound() {
    granted(0, 1, ONE, "a", 1, 7);
    history.add(new Released(span(10, 11), ONE));
    granted(12, 13, TWO, "b", 1, 6);
    assertBroken("The generation did not rise");
  }

  @Test
  void twoThatWereGrantedTheLastSeatAtTheSameTimeAreFound() {
    history.add(new Limited(span(0, 1), 1));
    granted(2, 5, ONE, "a", 1, 1);
    granted(3, 4, TWO, "b", 2, 1);
    assertThat(history.violations())
        .isNotEmpty()
        .allMatch(found -> found.startsWith("Granted together, 2 of 1 seats"));
  }

  @Test
  void oneThatGaveItsSeatToTheOtherAtTheSameTimeBreaksNothing() {
    history.add(new Limited(span(0, 1), 1));
    granted(2, 9, ONE, "a", 1, 1);
    history.add(new Released(span(9, 10), ONE));
    granted(3, 12, TWO, "b", 1, 3);
    assertKept();
  }

  @Test
  void aHoldEndsWhenItsFirstReleaseIsAskedFor() {
    granted(0, 1, ONE, "a", 1, 1);
    history.add(new Released(span(20, 21), ONE));
    history.add(new Released(span(10, 19), ONE));
    granted(12, 13, TWO, "b", 1, 3);
    assertKept();
  }

  @Test
  void aHolderWithTwoSeatsIsFound() {
    granted(0, 1, ONE, "a", 1, 1);
    granted(5, 6, TWO, "a", 2, 1);
    assertBroken("A holder has two seats");
  }

  @Test
  void aHolderWhoseOlderSessionIsRenewedIsFound() {
    granted(0, 1, ONE, "a", 1, 1);
    granted(5, 6, TWO, "a", 1, 2);
    history.add(new Renewed(span(7, 8), ONE, at(108)));
    assertBroken("A holder has two sessions");
  }

  @Test
  void aHolderWhoseSeatWasTakenBackMayGetAnother() {
    granted(0, 1, ONE, "a", 1, 1);
    history.add(new Released(span(2, 3), ONE));
    granted(5, 6, TWO, "a", 2, 1);
    assertKept();
  }

  @Test
  void aLeaseThatIsRevivedIsFound() {
    granted(0, 1, ONE, "a", 1, 1);
    history.add(new Renewed(span(102, 103), ONE, at(202)));
    assertBroken("Revived");
  }

  @Test
  void aLeaseThatMayHaveBeenRenewedIsNotRevived() {
    granted(0, 1, ONE, "a", 1, 1);
    history.add(new MaybeRenewed(span(50, 60), ONE, at(160)));
    history.add(new Renewed(span(102, 103), ONE, at(202)));
    assertKept();
  }

  @Test
  void aLeaseThatLastsLongerThanItsProofMayBeRenewed() {
    var lenient = new History(2, Duration.ofSeconds(3));
    lenient.add(new Granted(span(0, 1), ONE, "a", 1, 1, at(101)));
    lenient.add(new Renewed(span(103, 103), ONE, at(203)));
    assertThat(lenient.violations()).isEmpty();
  }

  @Test
  void aRefusalWhileASeatIsFreeIsFound() {
    granted(0, 1, ONE, "a", 1, 1);
    history.add(new Refused(span(50, 51), "b"));
    assertBroken("Refused with at most 1 of 2 seats held");
  }

  @Test
  void aSeatIsNotFreeAtTheVeryInstantItsLeaseEnds() {
    granted(0, 1, ONE, "a", 1, 1);
    granted(0, 1, TWO, "b", 2, 1);
    history.add(new Refused(span(102, 102), "c"));
    assertKept();
  }

  @Test
  void aSeatIsFreeASecondAfterItsLeaseEnded() {
    granted(0, 1, ONE, "a", 1, 1);
    granted(0, 1, TWO, "b", 2, 1);
    history.add(new Refused(span(103, 103), "c"));
    assertBroken("Refused with at most 0 of 2 seats held");
  }

  @Test
  void anAcquireWithoutAnswerMayHoldTheLastSeat() {
    granted(0, 1, ONE, "a", 1, 1);
    history.add(new NotGranted(span(2, 3), "b", at(103)));
    history.add(new Refused(span(50, 51), "c"));
    assertKept();
  }

  private void granted(
      long asked, long told, UUID session, String holder, int slot, long generation) {
    history.add(new Granted(span(asked, told), session, holder, slot, generation, at(told + 100)));
  }

  private void assertKept() {
    assertThat(history.violations()).isEmpty();
  }

  private void assertBroken(String how) {
    assertThat(history.violations()).singleElement().asString().startsWith(how);
  }

  private static Span span(long asked, long told) {
    return new Span(at(asked), at(told));
  }

  private static Instant at(long second) {
    return Instant.ofEpochSecond(second);
  }
}
