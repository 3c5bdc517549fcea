package ai.coditect.licensing.operator.conditions;

import ai.coditect.licensing.crds.Condition;
import ai.coditect.licensing.crds.ConditionedStatus;
import io.fabric8.kubernetes.client.CustomResource;

/** What a resource's status said before this reconcile. */
public final class Reported {

  private Reported() {}

  /** Whether a condition was true of the present spec. */
  public static boolean isMet(
      CustomResource<?, ? extends ConditionedStatus<?>> resource, String type) {
    return resource
        .getStatus()
        .condition(type)
        .filter(there -> there.status() == Condition.Status.True)
        .filter(there -> resource.getMetadata().getGeneration() == there.observedGeneration())
        .isPresent();
  }
}
