package ai.coditect.licensing.operator.conditions;

import ai.coditect.licensing.crds.Condition;
import ai.coditect.licensing.operator.children.ChildMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Writes a status where it changed, and says when to look again.
 *
 * @param <R> the kind
 * @param <S> its status
 */
public final class StatusReporter<R extends CustomResource<?, S>, S> {

  private final Supplier<R> blank;
  private final Clock clock;
  private final Duration resync;
  private final FailureLog failures = new FailureLog();

  /**
   * Reports on a kind.
   *
   * @param blank makes a resource without anything in it
   * @param resync how long a resource is left alone where nothing happens
   */
  public StatusReporter(Supplier<R> blank, Clock clock, Duration resync) {
    this.blank = blank;
    this.clock = clock;
    this.resync = resync;
  }

  public Instant now() {
    return clock.instant();
  }

  /** Reports what was found, and why. */
  public UpdateControl<R> report(
      R resource, S status, Assessment assessment, Duration lookAgainAfter) {
    failures.note(resource.getMetadata().getUid(), assessment.findings());
    UpdateControl<R> control =
        status.equals(resource.getStatus())
            ? UpdateControl.noUpdate()
            : UpdateControl.patchStatus(fresh(resource, status));
    return control.rescheduleAfter(lookAgainAfter);
  }

  /** Reports what holds up a deletion; the controller itself writes no status then. */
  public DeleteControl reportWhileDeleting(
      R resource,
      S status,
      Assessment assessment,
      Duration lookAgainAfter,
      KubernetesClient client) {
    failures.note(resource.getMetadata().getUid(), assessment.findings());
    writeWhileDeleting(resource, status, client);
    return DeleteControl.noFinalizerRemoval().rescheduleAfter(lookAgainAfter.toMillis());
  }

  /**
   * Shows an unforeseen error while deleting, which the controller does only elsewhere. It goes on
   * its way whether or not it can be shown.
   */
  public void showWhileDeleting(
      R resource, S status, RuntimeException error, KubernetesClient client) {
    try {
      writeWhileDeleting(resource, status, client);
    } catch (KubernetesClientException e) {
      error.addSuppressed(e);
    }
  }

  /** Nothing stands in the way of a deletion any more. */
  public DeleteControl gone(R resource) {
    failures.forget(resource.getMetadata().getUid());
    return DeleteControl.defaultDelete();
  }

  /** Only what is ours: a status applied together with foreign metadata would own that too. */
  public R fresh(R resource, S status) {
    var metadata = resource.getMetadata();
    var fresh = blank.get();
    fresh.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace(metadata.getNamespace())
            .withName(metadata.getName())
            .withUid(metadata.getUid())
            .build());
    fresh.setStatus(status);
    return fresh;
  }

  /** At the next retry, and at the latest after a resync; spread, so that not all come at once. */
  public Duration wait(Assessment assessment, List<Condition> conditions) {
    return wait(assessment, conditions, resync);
  }

  /** As {@link #wait(Assessment, List)}, but at the latest after a time of its own. */
  public Duration wait(Assessment assessment, List<Condition> conditions, Duration atLatest) {
    Optional<Duration> retry = assessment.retryAfter(conditions, now());
    return Pace.spread(retry.filter(wait -> wait.compareTo(atLatest) < 0).orElse(atLatest));
  }

  private void writeWhileDeleting(R resource, S status, KubernetesClient client) {
    if (!status.equals(resource.getStatus())) {
      client.resource(fresh(resource, status)).subresource("status").patch(apply());
    }
  }

  private static PatchContext apply() {
    return new PatchContext.Builder()
        .withPatchType(PatchType.SERVER_SIDE_APPLY)
        .withFieldManager(ChildMetadata.MANAGER)
        .withForce(true)
        .build();
  }
}
