package ai.coditect.licensing.operator.leadership;

import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Test;

class ReconcilesTest {

  @Test
  void whatFallsDueAfterTheEndDisturbsNobody() {
    try (var reconciles = new Reconciles(1, Term.unlimited())) {
      reconciles.shutdown();
      assertThatCode(() -> reconciles.execute(() -> {})).doesNotThrowAnyException();
    }
  }
}
