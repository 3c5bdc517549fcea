package ai.coditect.licensing.stores.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class CallLineTest {

  private final CallLine line = new CallLine(4);

  @Test
  void callsThatShareNothingAreTakenTogether() throws InterruptedException {
    var a = grant("a", 1);
    var b = grant("b", 2);
    line.join(a);
    line.join(b);
    assertThat(line.take(10)).containsExactly(a, b);
  }

  @Test
  void noMoreAreTakenThanAskedFor() throws InterruptedException {
    line.join(grant("a", 1));
    line.join(grant("b", 2));
    assertThat(line.take(1)).hasSize(1);
    assertThat(line.take(10)).hasSize(1);
  }

  @Test
  void aSecondCallForTheSameSlotOrHolderWaitsUntilTheFirstIsDone() throws InterruptedException {
    var first = grant("a", 1);
    var sameSlot = grant("b", 1);
    var sameHolder = grant("a", 2);
    line.join(first);
    line.join(sameSlot);
    line.join(sameHolder);
    var batch = line.take(10);
    assertThat(batch).containsExactly(first);
    line.done(batch, new Unanswered());
    assertThat(line.take(10)).containsExactly(sameSlot, sameHolder);
  }

  @Test
  void aCallThatMustBeTriedAgainComesBeforeThoseThatCameLater() throws InterruptedException {
    var first = grant("a", 1);
    line.join(first);
    var batch = line.take(10);
    var later = grant("b", 2);
    line.join(later);
    var unanswered = new Unanswered();
    unanswered.first().add(first);
    line.done(batch, unanswered);
    assertThat(line.take(10)).containsExactly(first, later);
  }

  @Test
  void aCallThatIsHeldUpLetsThoseGoBeforeThatCameLater() throws InterruptedException {
    var first = grant("a", 1);
    line.join(first);
    var batch = line.take(10);
    var later = grant("b", 2);
    line.join(later);
    var unanswered = new Unanswered();
    unanswered.last().add(first);
    line.done(batch, unanswered);
    assertThat(line.take(10)).containsExactly(later, first);
  }

  @Test
  void fewCallsWaitForAnotherBatchButNotWithoutEnd() throws InterruptedException {
    line.join(grant("a", 1));
    var out = line.take(10);
    var later = grant("b", 2);
    line.join(later);
    assertThat(line.take(10)).containsExactly(later);
    assertThat(out).hasSize(1);
  }

  @Test
  void aCallWhoseCallerHasLeftIsNeverRun() throws InterruptedException {
    var left = new SeatCall.Renew(UUID.randomUUID(), new Reply<>(Duration.ZERO));
    var here = grant("b", 2);
    line.join(left);
    line.join(here);
    assertThat(line.take(10)).containsExactly(here);
  }

  @Test
  void tooManyAreTurnedAwayAtOnce() {
    for (var i = 0; i < 4; i++) {
      line.join(grant("m" + i, i));
    }
    assertThatThrownBy(() -> line.join(grant("m5", 5)))
        .isInstanceOf(LedgerUnavailableException.class);
  }

  @Test
  void aClosedLineServesWhoWaitsAndTakesNobodyElse() throws InterruptedException {
    line.join(grant("a", 1));
    line.close();
    assertThatThrownBy(() -> line.join(grant("b", 2)))
        .isInstanceOf(LedgerUnavailableException.class);
    assertThat(line.take(10)).hasSize(1);
    assertThat(line.take(10)).isEmpty();
  }

  private static SeatCall grant(String holder, int slot) {
    var request =
        new GrantRequest(
            "cad",
            "key",
            holder,
            "hw",
            OptionalInt.of(slot),
            Optional.empty(),
            Optional.empty(),
            "");
    return new SeatCall.Grant(request, new Reply<>(Duration.ofMinutes(1)));
  }
}
