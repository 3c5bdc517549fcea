package ai.coditect.licensing.operator;

import static ai.coditect.licensing.crds.Condition.Status.False;
import static ai.coditect.licensing.crds.Condition.Status.True;
import static ai.coditect.licensing.crds.Condition.Status.Unknown;
import static ai.coditect.licensing.operator.Acme.POOL;
import static ai.coditect.licensing.operator.Acme.POOL_TO_DELETE;
import static ai.coditect.licensing.operator.Acme.TENANT;
import static ai.coditect.licensing.operator.Acme.TENANT_TO_DELETE;
import static ai.coditect.licensing.operator.Acme.adopting;
import static ai.coditect.licensing.operator.Acme.awaitPoolServing;
import static ai.coditect.licensing.operator.Acme.awaitTenantServing;
import static ai.coditect.licensing.operator.cluster.Scene.has;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.coditect.licensing.crds.LicensePool;
import ai.coditect.licensing.crds.LicensePoolStatus;
import ai.coditect.licensing.operator.cluster.Cluster;
import ai.coditect.licensing.operator.cluster.Scene;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is left of a resource that is deleted, and who may take it over. */
@Tag("kubernetes")
class DeletionTest {

  @Test
  void retainedPoolIsOutOfServiceAndKeepsItsRow() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT + "---\n" + POOL);
      awaitPoolServing(scene);
      delete(scene, "cad");
      assertThat(scene.registry.isPoolRetained("acme", "cad")).isTrue();
      assertThat(scene.seatIndex.limit("acme", "cad")).isEmpty();
    }
  }

  @Test
  void deletedPoolLeavesNothing() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT + "---\n" + POOL_TO_DELETE);
      awaitPoolServing(scene);
      delete(scene, "cad");
      assertThat(scene.registry.pool("acme", "cad")).isEmpty();
      assertThat(scene.registry.keyHashes("acme", "cad")).isEmpty();
    }
  }

  @Test
  void retainedTenantKeepsItsRowAndItsKey() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT);
      awaitTenantServing(scene);
      scene.tenant("acme").delete();
      scene.awaitGone(scene.tenant("acme"));
      assertThat(scene.registry.isTenantRetained("acme")).isTrue();
      assertThat(scene.registry.password("acme")).isEmpty();
      assertThat(scene.rateLimits.limits("acme")).isEmpty();
      assertThat(scene.rootKeys.isRetired("tenant-acme")).isFalse();
    }
  }

  @Test
  void deletedTenantLeavesNothing() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT_TO_DELETE);
      awaitTenantServing(scene);
      scene.tenant("acme").delete();
      scene.awaitGone(scene.tenant("acme"));
      assertThat(scene.registry.tenant("acme")).isEmpty();
      assertThat(scene.rootKeys.isRetired("tenant-acme")).isTrue();
    }
  }

  @Test
  void tenantWhoseRootTheOperatorMayNotSignWithGoesWithoutALastList() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT_TO_DELETE);
      awaitTenantServing(scene);
      scene.tenant("acme").delete();
      scene.awaitGone(scene.tenant("acme"));
      assertThat(scene.rootKeys.isRetired("tenant-acme")).isTrue();
      assertThat(scene.events("Tenant", "acme"))
          .filteredOn(event -> event.getReason().equals("LastRevocationsMissing"))
          .singleElement()
          .satisfies(
              event -> {
                assertThat(event.getType()).isEqualTo("Warning");
                assertThat(event.getMessage()).contains("may not sign with projects/");
              });
    }
  }

  @Test
  void tenantThatTheLedgerNeverAcceptedLeavesNoRecord() {
    try (var scene = Scene.withOperator()) {
      scene.registry.outage.begin();
      scene.apply(TENANT);
      scene.awaitTenant(
          "acme", status -> has("Ready", False, "LedgerUnavailable").test(status.conditions()));
      scene.tenant("acme").delete();
      scene.registry.outage.end();
      scene.awaitGone(scene.tenant("acme"));
      assertThat(scene.registry.tenant("acme")).isEmpty();
    }
  }

  @Test
  void keyOfTenantWhoseRowWasLostIsNotRetired() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT_TO_DELETE);
      awaitTenantServing(scene);
      scene.stopOperator();
      scene.registry.loseTenant("acme");
      scene.tenant("acme").delete();
      scene.startOperator();
      scene.awaitGone(scene.tenant("acme"));
      assertThat(scene.rootKeys.isRetired("tenant-acme")).isFalse();
    }
  }

  @Test
  void tenantWaitsForItsPoolsAndSaysSo() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT + "---\n" + POOL);
      awaitPoolServing(scene);
      scene.tenant("acme").delete();
      var held =
          scene.awaitTenant(
              "acme", status -> has("Ready", False, "TenantHasPools").test(status.conditions()));
      assertThat(held.conditions().getFirst().message())
          .isEqualTo("Deletion waits for LicensePools that name this tenant: cad");
      delete(scene, "cad");
      scene.awaitGone(scene.tenant("acme"));
    }
  }

  @Test
  void poolGoesEvenIfItsTenantIsGone() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT + "---\n" + POOL_TO_DELETE);
      awaitPoolServing(scene);
      scene.stopOperator();
      scene
          .tenant("acme")
          .edit(
              there -> {
                there.getMetadata().setFinalizers(List.of());
                return there;
              });
      scene.tenant("acme").delete();
      scene.awaitGone(scene.tenant("acme"));
      scene.startOperator();
      delete(scene, "cad");
      assertThat(scene.registry.pool("acme", "cad")).isEmpty();
    }
  }

  @Test
  void poolLeavesNothingWhereItsOperatorEndedBeforeItSaidWhatItWrote() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT + "---\n" + POOL_TO_DELETE);
      awaitPoolServing(scene);
      scene.stopOperator();
      scene
          .pool("cad")
          .editStatus(
              there -> {
                there.setStatus(LicensePoolStatus.EMPTY);
                return there;
              });
      scene.pool("cad").delete();
      scene.startOperator();
      scene.awaitGone(scene.pool("cad"));
      assertThat(scene.registry.pool("acme", "cad")).isEmpty();
      assertThat(scene.registry.keyHashes("acme", "cad")).isEmpty();
    }
  }

  @Test
  void storesAwayHoldDeletionUpVisibly() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT + "---\n" + POOL);
      awaitPoolServing(scene);
      scene.registry.outage.begin();
      scene.pool("cad").delete();
      scene.awaitPool(
          "cad", status -> has("Ready", False, "LedgerUnavailable").test(status.conditions()));
      scene.registry.outage.end();
      scene.awaitGone(scene.pool("cad"));
      scene.rateLimits.outage.begin();
      scene.tenant("acme").delete();
      scene.awaitTenant(
          "acme", status -> has("Ready", False, "SeatIndexUnavailable").test(status.conditions()));
      scene.rateLimits.outage.end();
      scene.awaitGone(scene.tenant("acme"));
    }
  }

  @Test
  void unforeseenErrorWhileDeletingIsShown() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT + "---\n" + POOL);
      awaitPoolServing(scene);
      scene.registry.outage.beforeEachCall(DeletionTest::fail);
      scene.pool("cad").delete();
      scene.awaitPool(
          "cad", status -> has("Ready", Unknown, "InternalError").test(status.conditions()));
      scene.registry.outage.beforeEachCall(() -> {});
      scene.awaitGone(scene.pool("cad"));
      scene.registry.outage.beforeEachCall(DeletionTest::fail);
      scene.tenant("acme").delete();
      scene.awaitTenant(
          "acme", status -> has("Ready", Unknown, "InternalError").test(status.conditions()));
      scene.registry.outage.beforeEachCall(() -> {});
      scene.awaitGone(scene.tenant("acme"));
    }
  }

  @Test
  void retainedTenantIsNotTakenOverByAccident() {
    try (var scene = Scene.withOperator()) {
      retainTenant(scene);
      scene.apply(TENANT);
      scene.awaitTenant(
          "acme", status -> has("Ready", False, "RetainedFromAnother").test(status.conditions()));
      assertThat(scene.registry.isTenantRetained("acme")).isTrue();
    }
  }

  @Test
  void retainedTenantIsTakenOverOnceTheAnnotationSaysSo() {
    try (var scene = Scene.withOperator()) {
      retainTenant(scene);
      scene.apply(TENANT);
      scene.awaitTenant(
          "acme", status -> has("Ready", False, "RetainedFromAnother").test(status.conditions()));
      scene.apply(adopting(TENANT));
      awaitTenantServing(scene);
      assertThat(scene.registry.isTenantRetained("acme")).isFalse();
      assertThat(scene.rootKeys.keyCount()).isOne();
    }
  }

  @Test
  void secondClaimantOfAnIdIsRefusedAndHarmsNothingWhenDeleted() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT);
      awaitTenantServing(scene);
      var owner = scene.registry.tenant("acme").orElseThrow().ownerUid();
      scene.apply(TENANT_TO_DELETE.replace("name: acme", "name: impostor"));
      scene.awaitTenant(
          "impostor", status -> has("Ready", False, "OwnedByAnother").test(status.conditions()));
      assertThat(scene.admin.apps().deployments().inNamespace(scene.namespace).list().getItems())
          .hasSize(1);
      scene.tenant("impostor").delete();
      scene.awaitGone(scene.tenant("impostor"));
      assertThat(scene.registry.tenant("acme").orElseThrow().ownerUid()).isEqualTo(owner);
      assertThat(scene.rootKeys.isRetired("tenant-acme")).isFalse();
      assertThat(scene.rateLimits.limits("acme")).isPresent();
    }
  }

  @Test
  void poolOfARefusedTenantWaitsAndTouchesNothing() {
    try (var scene = Scene.withoutOperator()) {
      var elsewhere = scene.anotherNamespace();
      scene.startOperator();
      scene.apply(TENANT + "---\n" + POOL);
      awaitPoolServing(scene);
      var owner = scene.registry.pool("acme", "cad").orElseThrow();
      scene.applyIn(elsewhere, TENANT + "---\n" + POOL.replace("seats: 3", "seats: 9"));
      await("the pool's refusal")
          .atMost(Scene.PATIENCE)
          .until(
              () -> scene.admin.resources(LicensePool.class).inNamespace(elsewhere).withName("cad"),
              pool ->
                  pool.get().getStatus().tenantId() == null
                      && has("Ready", False, "TenantNotReady")
                          .test(pool.get().getStatus().conditions()));
      assertThat(scene.registry.pool("acme", "cad")).contains(owner);
    }
  }

  @Test
  void poolWhoseFinalizerWasRemovedIsTakenOverByWhoeverNamesIt() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT + "---\n" + POOL);
      awaitPoolServing(scene);
      var lost = scene.pool("cad").get().getMetadata().getUid();
      scene.stopOperator();
      scene
          .pool("cad")
          .edit(
              there -> {
                there.getMetadata().setFinalizers(List.of());
                return there;
              });
      delete(scene, "cad");
      scene.startOperator();
      scene.apply(POOL);
      var refused =
          scene.awaitPool(
              "cad", status -> has("Stalled", True, "OwnedByAnother").test(status.conditions()));
      assertThat(refused.conditions().getFirst().message())
          .contains("licensing.coditect.ai/adopt-from=UID")
          .doesNotContain(lost);
      Cluster.kubectl(
          "-n",
          scene.namespace,
          "annotate",
          "lpool/cad",
          "licensing.coditect.ai/adopt-from=" + lost);
      awaitPoolServing(scene);
    }
  }

  private static void fail() {
    throw new IllegalStateException("Unforeseen");
  }

  private static void retainTenant(Scene scene) {
    scene.apply(TENANT);
    awaitTenantServing(scene);
    scene.tenant("acme").delete();
    scene.awaitGone(scene.tenant("acme"));
  }

  private static void delete(Scene scene, String pool) {
    scene.pool(pool).delete();
    scene.awaitGone(scene.pool(pool));
  }
}
