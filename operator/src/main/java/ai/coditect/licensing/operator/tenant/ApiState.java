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

  static Finding finding(Deployment deployment) {
    int wished = deployment.getSpec().getReplicas();
    var status = status(deployment);
    if (isBehind(deployment, status)) {
      return Finding.pending(
          API_READY, TenantReason.ApiStarting, "The Deployment has not been taken up yet");
    }
    if (is("Progressing", "False", status)) {
      return Finding.pending(
          API_READY,
          TenantReason.ApiRolloutStuck,
          "New pods do not become ready: look at the events and logs of the pods of Deployment '%s'"
              .formatted(deployment.getMetadata().getName()));
    }
    if (!is("Available", "True", status)) {
      return Finding.pending(
          API_READY,
          TenantReason.ApiStarting,
          "%d of %d pods are ready".formatted(count(status.getReadyReplicas()), wished));
    }
    if (count(status.getUpdatedReplicas()) < wished || count(status.getReplicas()) > wished) {
      return Finding.met(
          API_READY,
          TenantReason.ApiRollingOut,
          "%d of %d pods run with the present settings"
              .formatted(count(status.getUpdatedReplicas()), wished));
    }
    return Finding.met(
        API_READY, TenantReason.ApiAvailable, "%d pods are wished and available".formatted(wished));
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
