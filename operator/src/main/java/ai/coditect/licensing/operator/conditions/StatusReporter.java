package ai.coditect.licensing.operator.conditions;

import ai.coditect.licensing.crds.Condition;
import ai.coditect.licensing.crds.ConditionedStatus;
import ai.coditect.licensing.operator.children.ChildMetadata;
import ai.coditect.licensing.operator.events.Events;
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
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a status where it changed, tells of what Ready says anew, and says when to look again.
 *
 * @param <R> the kind
 * @param <S> its status
 */
public final class StatusReporter<R extends CustomResource<?, S>, S extends ConditionedStatus<S>> {

  private static final Logger LOG = LoggerFactory.getLogger(StatusReporter.class);
  private static final Duration AT_ONCE = Duration.ofMillis(1);

  private final Supplier<R> blank;
  private final Events events;
  private final Clock clock;
  private final Duration resync;
  private final Set<String> reasonsOfUse;
  private final FailureLog failures = new FailureLog();

  /** Its hash alone: there are as many as resources. */
  private final Map<String, Integer> writtenByUid = new ConcurrentHashMap<>();

  /**
   * Reports on a kind.
   *
   * @param blank makes a resource without anything in it
   * @param resync how long a resource is left alone where nothing happens
   * @param reasonsOfUse between which Ready goes to and fro while a resource is used
   */
  public StatusReporter(
      Supplier<R> blank, Events events, Clock clock, Duration resync, Set<String> reasonsOfUse) {
    this.blank = blank;
    this.events = events;
    this.clock = clock;
    this.resync = resync;
    this.reasonsOfUse = Set.copyOf(reasonsOfUse);
  }

  public Instant now() {
    return clock.instant();
  }

  /** Reports what was found, and why. */
  public UpdateControl<R> report(
      R resource, S status, Assessment assessment, Duration lookAgainAfter) {
    failures.note(resource.getMetadata().getUid(), assessment.findings());
    announce(resource, status, type(assessment));
    return update(resource, status).rescheduleAfter(lookAgainAfter);
  }

  /** Reports what will be otherwise in a moment, so that nobody need be told of it. */
  public UpdateControl<R> reportInPassing(R resource, S status, Duration lookAgainAfter) {
    return update(resource, status).rescheduleAfter(lookAgainAfter);
  }

  /** Reports that a resource is left alone; the end of its pause is an event. */
  public UpdateControl<R> reportPaused(R resource, Reason paused) {
    var before = resource.getStatus();
    long generation = resource.getMetadata().getGeneration();
    var status = before.withConditions(Pause.conditions(before, generation, now(), paused));
    announce(resource, status, Events.Type.Normal);
    return update(resource, status);
  }

  /** Reports that a deletion waits for the end of a pause. */
  public DeleteControl reportPausedWhileDeleting(
      R resource, Reason paused, KubernetesClient client) {
    var before = resource.getStatus();
    long generation = resource.getMetadata().getGeneration();
    var status = before.withConditions(Pause.whileDeleting(before, generation, now(), paused));
    announce(resource, status, Events.Type.Normal);
    writeWhileDeleting(resource, status, client);
    return DeleteControl.noFinalizerRemoval();
  }

  /** Reports an unforeseen error, which the controller met elsewhere. */
  public R reportError(R resource, S status, Assessment assessment) {
    announce(resource, status, type(assessment));
    return fresh(resource, status);
  }

  /** Reports what holds up a deletion; the controller itself writes no status then. */
  public DeleteControl reportWhileDeleting(
      R resource,
      S status,
      Assessment assessment,
      Duration lookAgainAfter,
      KubernetesClient client) {
    failures.note(resource.getMetadata().getUid(), assessment.findings());
    announce(resource, status, type(assessment));
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
    writtenByUid.remove(resource.getMetadata().getUid());
    return DeleteControl.defaultDelete();
  }

  /**
   * Lets a resource go that the stores still hold.
   *
   * @param leftBehind what, and where
   */
  public DeleteControl letGo(R resource, String leftBehind) {
    LOG.atWarn().addKeyValue("leftBehind", leftBehind).log("Let go without asking the stores");
    events.tell(
        resource,
        Events.Type.Warning,
        "LetGo",
        "Deleted without asking the stores, which may still hold %s".formatted(leftBehind));
    return gone(resource);
  }

  /**
   * To be written. Only what is ours: a status applied together with foreign metadata would own
   * that too.
   */
  private R fresh(R resource, S status) {
    var metadata = resource.getMetadata();
    writtenByUid.put(metadata.getUid(), status.hashCode());
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

  /** The wait, or until what is known to change then. */
  public Duration soonerOf(Duration wait, Optional<Instant> changesAt) {
    return changesAt
        .map(instant -> Duration.between(now(), instant))
        .map(untilThen -> untilThen.compareTo(AT_ONCE) < 0 ? AT_ONCE : untilThen)
        .filter(untilThen -> untilThen.compareTo(wait) < 0)
        .orElse(wait);
  }

  /** Tells of what changed though Ready says the same. */
  public void tell(R resource, String reason, String message) {
    events.tell(resource, Events.Type.Normal, reason, message);
  }

  private UpdateControl<R> update(R resource, S status) {
    return isWritten(resource, status)
        ? UpdateControl.noUpdate()
        : UpdateControl.patchStatus(fresh(resource, status));
  }

  /**
   * A status comes back by the watch, and the next turn need not wait for that: what was read may
   * be older than what was written since, and then says nothing of what is there.
   */
  private boolean isWritten(R resource, S status) {
    var last = writtenByUid.get(resource.getMetadata().getUid());
    return status.equals(resource.getStatus()) && (last == null || last == status.hashCode());
  }

  /**
   * That a resource was seen for the first time is no news to who made it, nor is it that what has
   * begun is under way.
   */
  private void announce(R resource, S status, Events.Type type) {
    var before = resource.getStatus().condition(ConditionTypes.READY);
    status
        .condition(ConditionTypes.READY)
        .filter(
            now ->
                before
                    .map(then -> isNews(now, then, type))
                    .orElseGet(() -> isNewsAtFirst(now, type)))
        .ifPresent(now -> events.tell(resource, type, now.reason(), now.message()));
  }

  private static boolean isNewsAtFirst(Condition now, Events.Type type) {
    return type == Events.Type.Warning || now.status() == Condition.Status.True;
  }

  private boolean isNews(Condition now, Condition before, Events.Type type) {
    return (now.status() != before.status() || !now.reason().equals(before.reason()))
        && !isOfUse(now, before)
        && (type == Events.Type.Warning || !isUnderWay(now, before));
  }

  /** Nobody changed anything: a busy resource would have an event every few seconds. */
  private boolean isOfUse(Condition now, Condition before) {
    return now.observedGeneration() == before.observedGeneration()
        && reasonsOfUse.contains(now.reason())
        && reasonsOfUse.contains(before.reason());
  }

  private static boolean isUnderWay(Condition now, Condition before) {
    return before.status() == Condition.Status.Unknown && now.status() == Condition.Status.False;
  }

  private static Events.Type type(Assessment assessment) {
    return assessment.isTrouble() ? Events.Type.Warning : Events.Type.Normal;
  }

  private void writeWhileDeleting(R resource, S status, KubernetesClient client) {
    if (!isWritten(resource, status)) {
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
