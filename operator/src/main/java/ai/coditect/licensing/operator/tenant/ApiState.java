package ai.coditect.licensing.operator.tenant;

import static ai.coditect.licensing.operator.conditions.ConditionTypes.API_READY;

import ai.coditect.licensing.operator.conditions.Finding;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import java.util.Objects;
import java.util.Optional;

/** What a Deployment's status says of a tenant's pods. */
final class ApiState {

  private ApiState() {}

  static int readyReplicas(Deployment deployment) {
    return count(status(deployment).getReadyReplicas());
  }

  /** Whether every pod runs with the present settings and is ready. */
  static boolean isComplete(Deployment deployment) {
    return finding(deployment, Optional.empty()).reason() == TenantReason.ApiAvailable;
  }

  /**
   * Sums it up.
   *
   * @param trouble why new pods do not become ready, where that is known
   */
  static Finding finding(Deployment deployment, Optional<String> trouble) {
    int wished = deployment.getSpec().getReplicas();
    var status = status(deployment);
    // With no pod allowed to be away, Kubernetes' own Available means all: one is enough to serve.
    boolean serves = count(status.getAvailableReplicas()) > 0;
    var because = trouble.map(": "::concat).orElse("");
    if (isBehind(deployment, status)) {
      var message = "The Deployment has not been taken up yet";
      return serves ? rollingOut(message) : starting(message);
    }
    if (is("Progressing", "False", status)) {
      return serves ? stuck(deployment, because) : failed(deployment, because);
    }
    if (!serves) {
      return starting(
          "%d of %d pods are ready%s".formatted(count(status.getReadyReplicas()), wished, because));
    }
    int present =
        Math.min(count(status.getUpdatedReplicas()), count(status.getAvailableReplicas()));
    if (present < wished || count(status.getReplicas()) > wished) {
      return rollingOut(
          "%d of %d pods run with the present settings%s".formatted(present, wished, because));
    }
    return Finding.met(
        API_READY, TenantReason.ApiAvailable, "%d pods are wished and available".formatted(wished));
  }

  private static Finding starting(String message) {
    return Finding.pending(API_READY, TenantReason.ApiStarting, message);
  }

  private static Finding rollingOut(String message) {
    return Finding.met(API_READY, TenantReason.ApiRollingOut, message);
  }

  private static Finding stuck(Deployment deployment, String because) {
    return Finding.stuck(
        API_READY,
        TenantReason.ApiRolloutStuck,
        "Programs are served by older pods, since new ones do not become ready%s; see the pods of Deployment '%s'"
            .formatted(because, name(deployment)));
  }

  private static Finding failed(Deployment deployment, String because) {
    return Finding.refused(
        API_READY,
        TenantReason.ApiRolloutStuck,
        "Pods do not become ready%s; see the pods of Deployment '%s'"
            .formatted(because, name(deployment)));
  }

  private static String name(Deployment deployment) {
    return deployment.getMetadata().getName();
  }

  private static boolean isBehind(Deployment deployment, DeploymentStatus status) {
    var generation = deployment.getMetadata().getGeneration();
    return generation == null
        || status.getObservedGeneration() == null
        || status.getObservedGeneration() < generation;
  }

  private static boolean is(String type, String value, DeploymentStatus status) {
    return status.getConditions().stream()
        .filter(condition -> type.equals(condition.getType()))
        .map(DeploymentCondition::getStatus)
        .anyMatch(value::equals);
  }

  private static DeploymentStatus status(Deployment deployment) {
    return Optional.ofNullable(deployment.getStatus()).orElseGet(DeploymentStatus::new);
  }

  private static int count(Integer replicas) {
    return Objects.requireNonNullElse(replicas, 0);
  }
}
