package ai.coditect.licensing.operator;

import static ai.coditect.licensing.operator.Acme.POOL;
import static ai.coditect.licensing.operator.Acme.TENANT;
import static ai.coditect.licensing.operator.Acme.awaitPoolServing;
import static ai.coditect.licensing.operator.Acme.awaitTenantServing;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.coditect.licensing.operator.cluster.Scene;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What somebody else changed is right again soon, and is counted and told of once. */
@Tag("kubernetes")
class RepairsTest {

  private static final Duration SOON = Duration.ofSeconds(10);

  @Test
  void aDeploymentEditedByHand() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT);
      awaitTenantServing(scene);
      var deployment = of(scene, Deployment.class, "acme-license-api");
      deployment.edit(
          there -> {
            there.getSpec().getTemplate().getSpec().getContainers().getFirst().setImage("evil");
            return there;
          });
      await("the image")
          .atMost(SOON)
          .until(() -> image(deployment.get()).equals("license-api:test"));
      awaitRepaired(scene, "Tenant", "acme", "Deployment");
    }
  }

  @ParameterizedTest
  @ValueSource(classes = {Service.class, Secret.class, NetworkPolicy.class})
  void aChildWhoseOwnerWasTakenAwayByHand(Class<? extends HasMetadata> type) {
    try (var scene = Scene.withoutOperator()) {
      scene.startOperatorWithoutResync();
      scene.apply(TENANT);
      awaitTenantServing(scene);
      var child = of(scene, type, "acme-license-api");
      disown(child);
      await("its owner").atMost(SOON).until(() -> isOwned(child.get()));
    }
  }

  @Test
  void aLicenseKeyWhoseOwnerWasTakenAwayByHand() {
    try (var scene = Scene.withoutOperator()) {
      scene.startOperatorWithoutResync();
      scene.apply(TENANT + "---\n" + POOL);
      awaitPoolServing(scene);
      var secret = of(scene, Secret.class, "cad-license-key");
      disown(secret);
      await("its owner").atMost(SOON).until(() -> isOwned(secret.get()));
    }
  }

  @Test
  void aServiceDeletedByHand() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT);
      awaitTenantServing(scene);
      var service = of(scene, Service.class, "acme-license-api");
      service.delete();
      await("the Service").atMost(SOON).until(() -> service.get() != null);
      awaitRepaired(scene, "Tenant", "acme", "Service");
    }
  }

  @Test
  void aDeploymentDeletedByHandThatAnAutoscalerScales() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT + "  api: {replicas: {min: 2, max: 4}}\n");
      awaitTenantServing(scene);
      awaitTurns(scene);
      var deployment = of(scene, Deployment.class, "acme-license-api");
      deployment.delete();
      await("the Deployment").atMost(SOON).until(() -> deployment.get() != null);
      awaitRepaired(scene, "Tenant", "acme", "Deployment");
    }
  }

  @Test
  void aLicenseKeyDeletedByHand() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT + "---\n" + POOL);
      awaitPoolServing(scene);
      var secret = of(scene, Secret.class, "cad-license-key");
      secret.delete();
      await("the Secret").atMost(SOON).until(() -> secret.get() != null);
      awaitRepaired(scene, "LicensePool", "cad", "Secret");
    }
  }

  @Test
  void aChangeThatWasWishedIsNone() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT);
      awaitTenantServing(scene);
      var before = resourceVersion(scene);
      scene.apply(TENANT + "  signing:\n    leafLifetimeSeconds: 3600\n");
      await("the rollout").atMost(SOON).until(() -> !resourceVersion(scene).equals(before));
      awaitTurns(scene);
      assertThat(scene.meters.find("licensing.operator.repairs").counters()).isEmpty();
    }
  }

  private static void awaitRepaired(Scene scene, String kind, String name, String what) {
    await("the event").atMost(SOON).until(() -> repairs(scene, kind, name) == 1);
    awaitTurns(scene);
    assertThat(repairs(scene, kind, name)).isOne();
    assertThat(scene.meters.get("licensing.operator.repairs").tags("kind", kind).counters())
        .singleElement()
        .satisfies(
            counter -> {
              assertThat(counter.getId().getTag("what")).isEqualTo(what);
              assertThat(counter.count()).isOne();
            });
  }

  private static <T extends HasMetadata> void disown(Resource<T> child) {
    child.edit(
        there -> {
          there.getMetadata().setOwnerReferences(List.of());
          return there;
        });
  }

  private static boolean isOwned(HasMetadata child) {
    return !child.getMetadata().getOwnerReferences().isEmpty();
  }

  /** How often an event has told of one. */
  private static int repairs(Scene scene, String kind, String name) {
    return scene.events(kind, name).stream()
        .filter(event -> event.getReason().equals("Repaired"))
        .mapToInt(event -> event.getCount())
        .sum();
  }

  private static void awaitTurns(Scene scene) {
    long turns = scene.registry.calls("putTenant");
    await("two more turns")
        .atMost(Scene.PATIENCE)
        .until(() -> scene.registry.calls("putTenant") >= turns + 2);
  }

  private static String resourceVersion(Scene scene) {
    return of(scene, Deployment.class, "acme-license-api").get().getMetadata().getResourceVersion();
  }

  private static String image(Deployment deployment) {
    return deployment.getSpec().getTemplate().getSpec().getContainers().getFirst().getImage();
  }

  private static <T extends HasMetadata> Resource<T> of(Scene scene, Class<T> type, String name) {
    return scene.admin.resources(type).inNamespace(scene.namespace).withName(name);
  }
}
