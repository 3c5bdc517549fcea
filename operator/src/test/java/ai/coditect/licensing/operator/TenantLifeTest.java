package ai.coditect.licensing.operator;

import static ai.coditect.licensing.crds.Condition.Status.False;
import static ai.coditect.licensing.crds.Condition.Status.True;
import static ai.coditect.licensing.operator.Acme.TENANT;
import static ai.coditect.licensing.operator.Acme.awaitTenantServing;
import static ai.coditect.licensing.operator.cluster.Scene.has;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.coditect.licensing.operator.cluster.Scene;
import ai.coditect.licensing.stores.ledger.RootVersions;
import ai.coditect.licensing.stores.seats.RateLimits.Limits;
import ai.coditect.licensing.stores.seats.RateLimits.Rate;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A Tenant from its first sight to its end, on a real API server. */
@Tag("kubernetes")
@Execution(ExecutionMode.CONCURRENT)
class TenantLifeTest {

  @Test
  void becomesReadyWithAllItsChildren() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT);
      var status = awaitTenantServing(scene);
      assertThat(status.conditions())
          .extracting(condition -> condition.type() + "=" + condition.reason())
          .containsExactly(
              "Ready=Serving",
              "Stalled=NotStalled",
              "LedgerReady=LedgerWritten",
              "KeyReady=KeyEnabled",
              "SeatsReady=RateLimitSet",
              "ApiReady=ApiAvailable",
              "EdgeReady=EdgeNotWished");
      assertThat(status.readyReplicas()).isEqualTo(2);
      assertThat(status.endpoint())
          .isEqualTo("http://acme-license-api.%s.svc:8080".formatted(scene.namespace));
      assertThat(scene.registry.tenant("acme").orElseThrow().rootVersions())
          .contains(RootVersions.of(status.rootKeyVersion()));
      assertThat(scene.rateLimits.limits("acme"))
          .map(Limits::acquires)
          .contains(new Rate(1000, 500));
      assertThat(children(scene)).hasSize(8);
    }
  }

  @Test
  void isLeftAloneOnceItIsAsWished() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT);
      awaitTenantServing(scene);
      long turns = scene.registry.calls("putTenant");
      var before = versions(scene);
      await("two resyncs")
          .atMost(Scene.PATIENCE)
          .until(() -> scene.registry.calls("putTenant") >= turns + 2);
      assertThat(versions(scene)).isEqualTo(before);
    }
  }

  @Test
  void repairsWhatWasChangedByHand() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT);
      awaitTenantServing(scene);
      var deployment =
          scene
              .admin
              .apps()
              .deployments()
              .inNamespace(scene.namespace)
              .withName("acme-license-api");
      deployment.edit(
          there -> {
            there.getSpec().getTemplate().getSpec().getContainers().getFirst().setImage("evil");
            return there;
          });
      await("the image")
          .atMost(Scene.PATIENCE)
          .until(
              () ->
                  deployment
                      .get()
                      .getSpec()
                      .getTemplate()
                      .getSpec()
                      .getContainers()
                      .getFirst()
                      .getImage()
                      .equals("license-api:test"));
    }
  }

  @Test
  void makesAgainWhatWasDeletedByHand() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT);
      awaitTenantServing(scene);
      var service =
          scene.admin.services().inNamespace(scene.namespace).withName("acme-license-api");
      service.delete();
      await("the Service").atMost(Scene.PATIENCE).until(() -> service.get() != null);
    }
  }

  @Test
  void keepsThePasswordOfItsSecret() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT);
      awaitTenantServing(scene);
      var password = scene.registry.password("acme").orElseThrow();
      long logins = scene.registry.calls("ensureLogin");
      scene.stopOperator();
      var service =
          scene.admin.services().inNamespace(scene.namespace).withName("acme-license-api");
      service.delete();
      scene.startOperatorWithoutResync();
      await("a turn to its end").atMost(Scene.PATIENCE).until(() -> service.get() != null);
      assertThat(scene.registry.password("acme")).contains(password);
      assertThat(scene.registry.calls("ensureLogin"))
          .as("pods that serve by it prove it")
          .isEqualTo(logins);
    }
  }

  @Test
  void leavesAnObjectOfSomebodyElseAlone() {
    try (var scene = Scene.withOperator()) {
      scene.apply(
          """
          apiVersion: v1
          kind: Service
          metadata:
            name: acme-license-api
          spec:
            clusterIP: None
          """);
      scene.apply(TENANT);
      scene.awaitTenant(
          "acme", status -> has("ApiReady", False, "ChildOfAnother").test(status.conditions()));
      var service =
          scene.admin.services().inNamespace(scene.namespace).withName("acme-license-api").get();
      assertThat(service.getMetadata().getOwnerReferences()).isEmpty();
    }
  }

  @Test
  void waitsForWhatIsLeftOfTheTenantItReplaces() {
    try (var scene = Scene.withOperator()) {
      scene.apply(
          """
          apiVersion: v1
          kind: Service
          metadata:
            name: acme-license-api
            finalizers: [example.com/slow]
            ownerReferences:
              - apiVersion: licensing.coditect.ai/v1alpha1
                kind: Tenant
                name: acme
                uid: 1c2d6fc8-5b3a-4d2b-9d0c-3f1a5a0e7c11
                controller: true
          spec:
            clusterIP: None
          """);
      scene.apply(TENANT);
      scene.awaitTenant(
          "acme",
          status ->
              has("ApiReady", False, "ChildOfPredecessor").test(status.conditions())
                  && has("Stalled", False, "NotStalled").test(status.conditions()));
      var left = scene.admin.services().inNamespace(scene.namespace).withName("acme-license-api");
      // As the garbage collector does, which may not know the kind of the owner yet.
      left.delete();
      left.edit(
          service -> {
            service.getMetadata().setFinalizers(List.of());
            return service;
          });
      awaitTenantServing(scene);
    }
  }

  @Test
  void waitsWhileItsKeyIsGenerated() {
    try (var scene = Scene.withOperator()) {
      scene.rootKeys.generateSlowly();
      scene.apply(TENANT);
      scene.awaitTenant(
          "acme", status -> has("Ready", False, "KeyPending").test(status.conditions()));
      assertThat(scene.admin.apps().deployments().inNamespace(scene.namespace).list().getItems())
          .isEmpty();
      scene.rootKeys.finishGenerating();
      awaitTenantServing(scene);
    }
  }

  @Test
  void isStalledWhereItsKeyIsRefused() {
    try (var scene = Scene.withOperator()) {
      scene.rootKeys.refuse();
      scene.apply(TENANT);
      var status =
          scene.awaitTenant(
              "acme", there -> has("Stalled", True, "KeyRefused").test(there.conditions()));
      assertThat(status.conditions()).anyMatch(c -> c.message().contains("'tenant-acme'"));
      scene.rootKeys.permit();
      awaitTenantServing(scene);
    }
  }

  @Test
  void isSuspendedInTheLedgerAndSaysSo() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT);
      awaitTenantServing(scene);
      scene.apply(TENANT + "  state: Suspended\n");
      scene.awaitTenant(
          "acme", status -> has("Ready", True, "Suspended").test(status.conditions()));
      assertThat(scene.registry.tenant("acme").orElseThrow().suspended()).isTrue();
    }
  }

  @Test
  void rollsItsPodsWhereASettingChanged() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT);
      awaitTenantServing(scene);
      var before = checksum(scene);
      scene.apply(TENANT + "  signing:\n    leafLifetimeSeconds: 3600\n");
      await("another checksum").atMost(Scene.PATIENCE).until(() -> !checksum(scene).equals(before));
    }
  }

  @Test
  void imageThatCannotBePulledNeverTakesOver() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT);
      awaitTenantServing(scene);
      scene.stopOperator();
      scene.startOperatorWithMissingImage();
      var status =
          scene.awaitTenant(
              "acme",
              there ->
                  there.conditions().stream()
                      .anyMatch(
                          c ->
                              c.message()
                                  .endsWith("image 'license-api:missing' cannot be pulled")));
      assertThat(has("Ready", True, "Serving").test(status.conditions())).isTrue();
      assertThat(status.readyReplicas()).isEqualTo(2);
    }
  }

  @Test
  void isStalledWhereTheAdmissionPolicyRefusesItsPods() {
    try (var scene = Scene.withoutOperator()) {
      scene.startOperatorWithForeignImage();
      scene.apply(TENANT);
      var status =
          scene.awaitTenant(
              "acme", there -> has("Stalled", True, "ChildRefused").test(there.conditions()));
      assertThat(status.conditions().getFirst().message())
          .startsWith("The API server does not take Deployment 'acme-license-api': ")
          .contains("image 'example.com/license-api:1' is not from");
      scene.stopOperator();
      scene.startOperator();
      awaitTenantServing(scene);
    }
  }

  private static String checksum(Scene scene) {
    return scene
        .admin
        .apps()
        .deployments()
        .inNamespace(scene.namespace)
        .withName("acme-license-api")
        .get()
        .getSpec()
        .getTemplate()
        .getMetadata()
        .getAnnotations()
        .get("licensing.coditect.ai/settings-checksum");
  }

  private static List<? extends HasMetadata> children(Scene scene) {
    var client = scene.admin;
    return Stream.of(
            client.serviceAccounts().inNamespace(scene.namespace).list().getItems(),
            client.configMaps().inNamespace(scene.namespace).list().getItems(),
            client.secrets().inNamespace(scene.namespace).list().getItems(),
            client.services().inNamespace(scene.namespace).list().getItems(),
            client.apps().deployments().inNamespace(scene.namespace).list().getItems(),
            client.network().networkPolicies().inNamespace(scene.namespace).list().getItems(),
            client
                .policy()
                .v1()
                .podDisruptionBudget()
                .inNamespace(scene.namespace)
                .list()
                .getItems())
        .flatMap(Collection::stream)
        .map(HasMetadata.class::cast)
        .filter(child -> !child.getMetadata().getOwnerReferences().isEmpty())
        .toList();
  }

  private static List<String> versions(Scene scene) {
    return Stream.concat(children(scene).stream(), Stream.of(scene.tenant("acme").get()))
        .map(
            object ->
                object.getKind()
                    + "/"
                    + object.getMetadata().getName()
                    + "@"
                    + object.getMetadata().getResourceVersion())
        .toList();
  }
}
