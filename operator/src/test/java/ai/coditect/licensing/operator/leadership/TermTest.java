package ai.coditect.licensing.operator.leadership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TermTest {

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
  private final Term term = Term.limited(now::get);

  @Test
  void doesNotRunBeforeItsFirstExtension() {
    assertThat(term.isRunning()).isFalse();
    assertThatThrownBy(term::check).isInstanceOf(NotLeadingException.class);
  }

  /** The clock may overflow in the middle of it. */
  @Test
  void runsUntilItIsNotExtendedAnyMore() {
    extendBy(10);
    pass(9);
    assertThat(term.isRunning()).isTrue();
    extendBy(10);
    pass(9);
    assertThat(term.isRunning()).isTrue();
    pass(1);
    assertThat(term.isRunning()).isFalse();
  }

  @Test
  void oneThatRanOutIsNotTakenUpAgain() {
    extendBy(10);
    pass(11);
    extendBy(10);
    assertThat(term.isRunning()).isFalse();
  }

  @Test
  void oneThatWasRenouncedNeverBegins() throws Exception {
    term.renounce();
    extendBy(10);
    assertThat(term.isRunning()).isFalse();
    assertThat(term.awaitBeginning()).isFalse();
  }

  @Test
  void oneThatRunsIsNotRenounced() throws Exception {
    extendBy(10);
    term.renounce();
    assertThat(term.isRunning()).isTrue();
    assertThat(term.awaitBeginning()).isTrue();
  }

  @Test
  void whoIsAloneNeedsNoExtension() throws Exception {
    var alone = Term.unlimited();
    assertThat(alone.isRunning()).isTrue();
    assertThat(alone.awaitBeginning()).isTrue();
  }

  @Test
  void leftIsWhatTheLastExtensionGave() {
    extendBy(10);
    pass(4);
    assertThat(term.left()).isEqualTo(Duration.ofNanos(6));
  }

  private void extendBy(long nanos) {
    term.extend(now.get() + nanos);
  }

  private void pass(long nanos) {
    now.addAndGet(nanos);
  }
}
