package ai.coditect.licensing.operator.tenant;

import ai.coditect.licensing.crds.Tenant;
import ai.coditect.licensing.operator.children.ChildMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import java.util.Optional;

/** How many pods a tenant has, and how many of them may go at a time. */
final class ApiScaling {

  /** Holds the number of pods from when the operator leaves it until the autoscaler sets it. */
  static final String MANAGER = ChildMetadata.MANAGER + "-hand-over";

  private static final int SCALE_DOWN_AFTER_SECONDS = 300;

  /** New pods need a while before they take load off the others. */
  private static final int SCALE_UP_AFTER_SECONDS = 60;

  private final Tenant tenant;

  ApiScaling(Tenant tenant) {
    this.tenant = tenant;
  }

  /**
   * The number of pods that the operator sets: empty where an autoscaler does, once there are pods
   * that it can scale.
   */
  Optional<Integer> replicas(boolean deployed) {
    var wished = tenant.getSpec().api().replicas();
    return wished.max() != null && deployed ? Optional.empty() : Optional.of(wished.min());
  }

  /** A drain takes one pod at a time; with a single one it is not held up for ever. */
  PodDisruptionBudget disruptionBudget() {
    return new PodDisruptionBudgetBuilder()
        .withMetadata(TenantNames.metadata(tenant))
        .withNewSpec()
        .withMaxUnavailable(new IntOrString(1))
        .withNewSelector()
        .withMatchLabels(TenantNames.identity(tenant))
        .endSelector()
        .endSpec()
        .build();
  }

  /** Empty where the number of pods is fixed. */
  Optional<HorizontalPodAutoscaler> autoscaler() {
    var replicas = tenant.getSpec().api().replicas();
    return Optional.ofNullable(replicas.max())
        .map(max -> autoscaler(replicas.min(), max, replicas.targetCpuPercent()));
  }

  /** Nothing but the number of pods, for a manager of its own to hold until there is another. */
  static Deployment replicasAlone(Deployment there) {
    return new DeploymentBuilder()
        .withNewMetadata()
        .withNamespace(there.getMetadata().getNamespace())
        .withName(there.getMetadata().getName())
        .endMetadata()
        .withNewSpec()
        .withReplicas(there.getSpec().getReplicas())
        .endSpec()
        .build();
  }

  private HorizontalPodAutoscaler autoscaler(int min, int max, int cpuPercent) {
    return new HorizontalPodAutoscalerBuilder()
        .withMetadata(TenantNames.metadata(tenant))
        .withNewSpec()
        .withNewScaleTargetRef()
        .withApiVersion("apps/v1")
        .withKind("Deployment")
        .withName(TenantNames.api(tenant))
        .endScaleTargetRef()
        .withMinReplicas(min)
        .withMaxReplicas(max)
        .addNewMetric()
        .withType("Resource")
        .withNewResource()
        .withName("cpu")
        .withNewTarget()
        .withType("Utilization")
        .withAverageUtilization(cpuPercent)
        .endTarget()
        .endResource()
        .endMetric()
        .withNewBehavior()
        .withNewScaleUp()
        .withStabilizationWindowSeconds(SCALE_UP_AFTER_SECONDS)
        .endScaleUp()
        .withNewScaleDown()
        .withStabilizationWindowSeconds(SCALE_DOWN_AFTER_SECONDS)
        .endScaleDown()
        .endBehavior()
        .endSpec()
        .build();
  }
}
