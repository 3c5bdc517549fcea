package ai.coditect.licensing.operator;

import static ai.coditect.licensing.crds.Condition.Status.False;
import static ai.coditect.licensing.crds.Condition.Status.True;
import static ai.coditect.licensing.crds.Condition.Status.Unknown;
import static ai.coditect.licensing.operator.Acme.POOL_TO_DELETE;
import static ai.coditect.licensing.operator.Acme.TENANT_TO_DELETE;
import static ai.coditect.licensing.operator.Acme.annotated;
import static ai.coditect.licensing.operator.Acme.awaitPoolServing;
import static ai.coditect.licensing.operator.Acme.awaitTenantServing;
import static ai.coditect.licensing.operator.cluster.Scene.has;
import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.crds.Licensing;
import ai.coditect.licensing.operator.cluster.Scene;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** An annotation keeps the operator off a resource until it is removed. */
@Tag("kubernetes")
class PauseTest {

  private static final String PAUSED = Licensing.PAUSED_ANNOTATION;

  @Test
  void nothingIsMadeForATenantThatCameAsPaused() {
    try (var scene = Scene.withOperator()) {
      scene.apply(annotated(TENANT_TO_DELETE, PAUSED));
      scene.awaitTenant(
          "acme", status -> has("Ready", Unknown, "Paused").test(status.conditions()));
      assertThat(scene.registry.tenant("acme")).isEmpty();
      assertThat(scene.rootKeys.keyCount()).isZero();
      scene.apply(TENANT_TO_DELETE);
      awaitTenantServing(scene);
    }
  }

  @Test
  void aChangeToAPausedTenantWaitsAndWhatIsServedGoesOn() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT_TO_DELETE);
      var before = awaitTenantServing(scene);
      scene.apply(annotated(TENANT_TO_DELETE + "  state: Suspended\n", PAUSED));
      var status =
          scene.awaitTenant("acme", there -> has("Ready", True, "Paused").test(there.conditions()));
      assertThat(status.observedGeneration()).isEqualTo(before.observedGeneration());
      assertThat(status.rootKeyVersion()).isEqualTo(before.rootKeyVersion());
      assertThat(scene.registry.tenant("acme").orElseThrow().suspended()).isFalse();
      scene.apply(TENANT_TO_DELETE + "  state: Suspended\n");
      scene.awaitTenant("acme", there -> has("Ready", True, "Suspended").test(there.conditions()));
    }
  }

  @Test
  void deletionOfAPausedTenantWaits() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT_TO_DELETE);
      awaitTenantServing(scene);
      scene.apply(annotated(TENANT_TO_DELETE, PAUSED));
      scene.tenant("acme").delete();
      scene.awaitTenant("acme", status -> has("Ready", False, "Paused").test(status.conditions()));
      assertThat(scene.registry.tenant("acme")).isPresent();
      scene.apply(TENANT_TO_DELETE);
      scene.awaitGone(scene.tenant("acme"));
    }
  }

  @Test
  void aChangeToAPausedPoolWaitsAndWhatIsServedGoesOn() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT_TO_DELETE + "---\n" + POOL_TO_DELETE);
      awaitPoolServing(scene);
      var more = POOL_TO_DELETE.replace("seats: 3", "seats: 9");
      scene.apply(annotated(more, PAUSED));
      scene.awaitPool("cad", status -> has("Ready", True, "Paused").test(status.conditions()));
      assertThat(scene.registry.pool("acme", "cad").orElseThrow().seats()).isEqualTo(3);
      scene.apply(more);
      scene.awaitPool("cad", status -> status.seats() == 9);
    }
  }

  @Test
  void deletionOfAPausedPoolWaits() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT_TO_DELETE + "---\n" + POOL_TO_DELETE);
      awaitPoolServing(scene);
      scene.apply(annotated(POOL_TO_DELETE, PAUSED));
      scene.pool("cad").delete();
      scene.awaitPool("cad", status -> has("Ready", False, "Paused").test(status.conditions()));
      assertThat(scene.registry.pool("acme", "cad")).isPresent();
      scene.apply(POOL_TO_DELETE);
      scene.awaitGone(scene.pool("cad"));
    }
  }
}
