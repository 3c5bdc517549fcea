package ai.coditect.licensing.histories;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class BrokenPromisesTest {

  private final BrokenPromises broken = new BrokenPromises();

  @Test
  void aBrokenPromiseStaysBrokenThoughTheRunIsTriedAgain() throws Exception {
    broken.of("seed 1", () -> List.of("two hold one slot"));
    assertThat(broken.of("seed 1", List::of)).containsExactly("two hold one slot");
  }

  @Test
  void anotherRunIsJudgedByItself() throws Exception {
    broken.of("seed 1", () -> List.of("two hold one slot"));
    assertThat(broken.of("seed 2", List::of)).isEmpty();
  }

  @Test
  void aRunThatCouldNotBeJudgedMayBeTriedAgain() throws Exception {
    assertThatThrownBy(
            () ->
                broken.of(
                    "seed 1",
                    () -> {
                      throw new IllegalStateException("told to fail");
                    }))
        .isInstanceOf(IllegalStateException.class);
    assertThat(broken.of("seed 1", List::of)).isEmpty();
  }
}
