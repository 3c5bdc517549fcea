package ai.coditect.licensing.operator;

import static ai.coditect.licensing.crds.Condition.Status.True;
import static ai.coditect.licensing.operator.Acme.TENANT;
import static ai.coditect.licensing.operator.Acme.awaitTenantServing;
import static ai.coditect.licensing.operator.cluster.Scene.has;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.coditect.licensing.operator.cluster.Cluster;
import ai.coditect.licensing.operator.cluster.Scene;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.RollableScalableResource;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Who says how many pods a tenant has: the Tenant, or an autoscaler within its bounds. */
@Tag("kubernetes")
class ScalingTest {

  private static final String FIXED = TENANT + "  api: {replicas: {min: 3}}\n";
  private static final String SCALED = TENANT + "  api: {replicas: {min: 3, max: 6}}\n";

  @Test
  void autoscalerTakesOverTheNumberThatIsThere() {
    try (var scene = Scene.withOperator()) {
      scene.apply(FIXED);
      awaitTenantServing(scene);
      var seen = watchReplicas(scene);
      scene.apply(SCALED);
      await("the autoscaler")
          .atMost(Scene.PATIENCE)
          .until(() -> autoscaler(scene).get() != null && !isHeld(deployment(scene).get()));
      Cluster.kubectl(
          "-n", scene.namespace, "scale", "deployment/acme-license-api", "--replicas=5");
      await("two resyncs")
          .atMost(Scene.PATIENCE)
          .until(() -> scene.registry.calls("putTenant") >= 4);
      scene.awaitTenant("acme", status -> status.readyReplicas() == 5);
      assertThat(seen).containsExactly(3, 5);
    }
  }

  @Test
  void numberIsTheTenantsAgainWithoutAnAutoscaler() {
    try (var scene = Scene.withOperator()) {
      scene.apply(SCALED);
      scene.awaitTenant(
          "acme",
          status ->
              has("Ready", True, "Serving").test(status.conditions())
                  && status.readyReplicas() == 3);
      scene.apply(FIXED.replace("3", "2"));
      scene.awaitTenant("acme", status -> status.readyReplicas() == 2);
      assertThat(autoscaler(scene).get()).isNull();
    }
  }

  private static boolean isHeld(Deployment deployment) {
    return deployment.getMetadata().getManagedFields().stream()
        .filter(entry -> entry.getManager().equals("licensing-operator"))
        .anyMatch(entry -> entry.getFieldsV1().toString().contains("f:replicas"));
  }

  private static Set<Integer> watchReplicas(Scene scene) {
    var seen = new ConcurrentSkipListSet<Integer>();
    deployment(scene)
        .inform(
            new ResourceEventHandler<>() {
              @Override
              public void onAdd(Deployment deployment) {
                seen.add(deployment.getSpec().getReplicas());
              }

              @Override
              public void onUpdate(Deployment before, Deployment deployment) {
                seen.add(deployment.getSpec().getReplicas());
              }

              @Override
              public void onDelete(Deployment deployment, boolean stateUnknown) {}
            });
    return seen;
  }

  private static RollableScalableResource<Deployment> deployment(Scene scene) {
    return scene
        .admin
        .apps()
        .deployments()
        .inNamespace(scene.namespace)
        .withName("acme-license-api");
  }

  private static Resource<HorizontalPodAutoscaler> autoscaler(Scene scene) {
    return scene
        .admin
        .resources(HorizontalPodAutoscaler.class)
        .inNamespace(scene.namespace)
        .withName("acme-license-api");
  }
}
