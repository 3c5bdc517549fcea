package ai.coditect.licensing.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class LocustFiguresTest {

  private static final LocustFigures FIGURES =
      LocustFigures.of(
          List.of(
              "Type,Name,Request Count,Failure Count,Requests/s,95%",
              "POST,acquire,200,1,20.5,12",
              "POST,release,200,0,20.5,9",
              ",Aggregated,400,1,41.0,11"));

  @Test
  void theLineOfAllCallsIsNoCall() {
    assertThat(FIGURES.p95Millis()).isEqualTo(11);
    assertThat(FIGURES.perSecond()).isEqualTo(41);
  }

  @Test
  void aCallsSuccessIsItsShareWithoutFailure() {
    assertThat(FIGURES.success("acquire")).isEqualTo(0.995);
    assertThat(FIGURES.success("release")).isEqualTo(1);
  }

  @Test
  void aCallThatWasNeverMadeWasNoSuccess() {
    assertThat(FIGURES.success("heartbeat")).isZero();
  }
}
