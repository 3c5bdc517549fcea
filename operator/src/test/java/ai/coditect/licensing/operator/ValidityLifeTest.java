package ai.coditect.licensing.operator;

import static ai.coditect.licensing.crds.Condition.Status.True;
import static ai.coditect.licensing.operator.Acme.POOL;
import static ai.coditect.licensing.operator.Acme.TENANT;
import static ai.coditect.licensing.operator.Acme.awaitPoolServing;
import static ai.coditect.licensing.operator.cluster.Scene.has;
import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.crds.LicensePoolStatus;
import ai.coditect.licensing.operator.cluster.Scene;
import ai.coditect.licensing.stores.ledger.Validity;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A pool whose licence begins and ends. */
@Tag("kubernetes")
class ValidityLifeTest {

  /** Shorter than the interval at which seats are counted, so that counting them is not enough. */
  private static final Duration SOON = Duration.ofSeconds(5);

  @Test
  void ledgerIsToldOfItAndOfItsEnd() {
    try (var scene = Scene.withOperator()) {
      scene.apply(
          TENANT
              + "---\n"
              + POOL
              + "  validity:\n"
              + "    notBefore: \"2020-01-01T00:00:00Z\"\n"
              + "    notAfter: \"2120-01-01T00:00:00+01:00\"\n"
              + "    graceDays: 7\n");
      awaitPoolServing(scene);
      assertThat(scene.registry.pool("acme", "cad").orElseThrow().validity())
          .isEqualTo(
              new Validity(
                  Optional.of(Instant.parse("2020-01-01T00:00:00Z")),
                  Optional.of(Instant.parse("2119-12-31T23:00:00Z")),
                  Duration.ofDays(7)));
      scene.apply(POOL);
      scene.awaitPool("cad", status -> status.observedGeneration() == 2);
      assertThat(scene.registry.pool("acme", "cad").orElseThrow().validity())
          .isEqualTo(Validity.UNLIMITED);
    }
  }

  @Test
  void saysThatItIsInGrace() {
    try (var scene = Scene.withOperator()) {
      var yesterday = seconds(Instant.now().minus(Duration.ofDays(1)));
      scene.apply(TENANT + "---\n" + POOL + ending(yesterday) + "    graceDays: 2\n");
      var status = awaitReason(scene, "InGrace");
      assertThat(status.conditions().getFirst().message())
          .contains(yesterday.plus(Duration.ofDays(2)).toString());
    }
  }

  @Test
  void beginsByItself() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT + "---\n" + POOL);
      awaitPoolServing(scene);
      var begin = seconds(Instant.now().plus(SOON));
      scene.apply(POOL + "  validity:\n    notBefore: \"%s\"\n".formatted(begin));
      awaitReason(scene, "NotYetValid");
      awaitPoolServing(scene);
      assertThat(Instant.now()).isBetween(begin, begin.plus(SOON));
    }
  }

  @Test
  void endsByItselfAndIsNoBrokenDeployment() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT + "---\n" + POOL);
      awaitPoolServing(scene);
      var end = seconds(Instant.now().plus(SOON));
      scene.apply(POOL + ending(end));
      scene.awaitPool("cad", status -> status.observedGeneration() == 2);
      awaitReason(scene, "Expired");
      assertThat(Instant.now()).isBetween(end, end.plus(SOON));
    }
  }

  private static String ending(Instant end) {
    return "  validity:\n    notAfter: \"%s\"\n".formatted(end);
  }

  private static LicensePoolStatus awaitReason(Scene scene, String reason) {
    return scene.awaitPool("cad", status -> has("Ready", True, reason).test(status.conditions()));
  }

  private static Instant seconds(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS);
  }
}
