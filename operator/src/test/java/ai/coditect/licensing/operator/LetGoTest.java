package ai.coditect.licensing.operator;

import static ai.coditect.licensing.crds.Condition.Status.False;
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

/** An annotation lets a resource go whose stores are gone for ever. */
@Tag("kubernetes")
class LetGoTest {

  @Test
  void tenantGoesAndAnEventSaysWhatItLeft() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT_TO_DELETE);
      awaitTenantServing(scene);
      scene.registry.outage.begin();
      scene.tenant("acme").delete();
      scene.awaitTenant(
          "acme", status -> has("Ready", False, "LedgerUnavailable").test(status.conditions()));
      scene.apply(annotated(TENANT_TO_DELETE, Licensing.LET_GO_ANNOTATION));
      scene.awaitGone(scene.tenant("acme"));
      assertThat(scene.events("Tenant", "acme"))
          .filteredOn(event -> event.getReason().equals("LetGo"))
          .singleElement()
          .satisfies(
              event -> assertThat(event.getMessage()).contains("tenant 'acme'", "'tenant-acme'"));
      assertThat(scene.registry.tenant("acme")).isPresent();
    }
  }

  @Test
  void poolGoesAndAnEventSaysWhatItLeft() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT_TO_DELETE + "---\n" + POOL_TO_DELETE);
      awaitPoolServing(scene);
      scene.registry.outage.begin();
      scene.pool("cad").delete();
      scene.awaitPool(
          "cad", status -> has("Ready", False, "LedgerUnavailable").test(status.conditions()));
      scene.apply(annotated(POOL_TO_DELETE, Licensing.LET_GO_ANNOTATION));
      scene.awaitGone(scene.pool("cad"));
      assertThat(scene.events("LicensePool", "cad"))
          .filteredOn(event -> event.getReason().equals("LetGo"))
          .singleElement()
          .satisfies(event -> assertThat(event.getMessage()).contains("pool 'cad'", "'acme'"));
      assertThat(scene.registry.pool("acme", "cad")).isPresent();
    }
  }

  @Test
  void tenantIsNotLetGoWhilePoolsNameIt() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT_TO_DELETE + "---\n" + POOL_TO_DELETE);
      awaitPoolServing(scene);
      scene.apply(annotated(TENANT_TO_DELETE, Licensing.LET_GO_ANNOTATION));
      scene.tenant("acme").delete();
      scene.awaitTenant(
          "acme", status -> has("Ready", False, "TenantHasPools").test(status.conditions()));
    }
  }

  @Test
  void theAnnotationDoesNothingToOneThatStays() {
    try (var scene = Scene.withOperator()) {
      scene.apply(annotated(TENANT_TO_DELETE, Licensing.LET_GO_ANNOTATION));
      awaitTenantServing(scene);
    }
  }
}
