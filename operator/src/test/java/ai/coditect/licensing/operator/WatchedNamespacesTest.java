package ai.coditect.licensing.operator;

import static ai.coditect.licensing.operator.Acme.POOL;
import static ai.coditect.licensing.operator.Acme.TENANT;
import static ai.coditect.licensing.operator.Acme.awaitPoolServing;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.coditect.licensing.crds.Tenant;
import ai.coditect.licensing.operator.cluster.Cluster;
import ai.coditect.licensing.operator.cluster.Scene;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** An operator with rights in the namespaces alone that it is told to watch. */
@Tag("kubernetes")
class WatchedNamespacesTest {

  @Test
  void oneNamespace() {
    try (var scene = Scene.withoutOperator()) {
      var other = scene.anotherNamespace();
      scene.startOperator(operatorOf(scene, scene.namespace), Set.of(scene.namespace));
      scene.applyIn(other, TENANT);
      scene.apply(TENANT + "---\n" + POOL);
      awaitPoolServing(scene);
      assertThat(tenant(scene, other).getStatus().conditions()).isEmpty();
    }
  }

  @Test
  void severalNamespaces() {
    try (var scene = Scene.withoutOperator()) {
      var other = scene.anotherNamespace();
      scene.startOperator(
          operatorOf(scene, scene.namespace, other), Set.of(scene.namespace, other));
      scene.apply(TENANT + "---\n" + POOL);
      awaitPoolServing(scene);
      scene.applyIn(other, TENANT.replace("tenantId: acme", "tenantId: globex"));
      await("a status")
          .atMost(Scene.PATIENCE)
          .until(() -> !tenant(scene, other).getStatus().conditions().isEmpty());
    }
  }

  @Test
  void severalNamespacesWithResourcesOfBefore() {
    try (var scene = Scene.withoutOperator()) {
      var other = scene.anotherNamespace();
      scene.apply(TENANT);
      scene.applyIn(other, TENANT.replace("tenantId: acme", "tenantId: globex"));
      scene.startOperator(
          operatorOf(scene, scene.namespace, other), Set.of(scene.namespace, other));
      for (var namespace : Set.of(scene.namespace, other)) {
        await("a status in " + namespace)
            .atMost(Scene.PATIENCE)
            .until(() -> tenant(scene, namespace).getStatus().tenantId() != null);
      }
    }
  }

  private static Tenant tenant(Scene scene, String namespace) {
    return scene.admin.resources(Tenant.class).inNamespace(namespace).withName("acme").get();
  }

  /** As docs/operations.md says it. */
  private static KubernetesClient operatorOf(Scene scene, String... namespaces) {
    var account = "operator-" + UUID.randomUUID().toString().substring(0, 8);
    Cluster.kubectl("-n", scene.namespace, "create", "serviceaccount", account);
    for (var namespace : namespaces) {
      Cluster.kubectl(
          "-n",
          namespace,
          "create",
          "rolebinding",
          account,
          "--clusterrole=licensing-operator",
          "--serviceaccount=%s:%s".formatted(scene.namespace, account));
    }
    return Cluster.as(scene.namespace, account);
  }
}
