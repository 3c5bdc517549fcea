package ai.coditect.licensing.operator.conditions;

import ai.coditect.licensing.crds.Condition;
import ai.coditect.licensing.crds.ConditionedStatus;
import ai.coditect.licensing.crds.Licensing;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a resource says while an annotation keeps the operator off it: Ready stays as it was found
 * last, since what was served goes on, and tells the reason; the other conditions stay altogether.
 */
final class Pause {

  private static final String MESSAGE =
      "Nothing is changed until the annotation %s is removed"
          .formatted(Licensing.PAUSED_ANNOTATION);
  private static final String DELETION =
      "Deletion waits until the annotation %s is removed".formatted(Licensing.PAUSED_ANNOTATION);

  private Pause() {}

  static List<Condition> conditions(
      ConditionedStatus<?> before, long generation, Instant now, Reason paused) {
    var ready = before.condition(ConditionTypes.READY);
    var status = ready.map(Condition::status).orElse(Condition.Status.Unknown);
    return with(condition(status, ready, generation, now, paused, MESSAGE), before.conditions());
  }

  static List<Condition> whileDeleting(
      ConditionedStatus<?> before, long generation, Instant now, Reason paused) {
    var ready = before.condition(ConditionTypes.READY);
    return with(
        condition(Condition.Status.False, ready, generation, now, paused, DELETION),
        before.conditions());
  }

  private static Condition condition(
      Condition.Status status,
      Optional<Condition> before,
      long generation,
      Instant now,
      Reason reason,
      String message) {
    var since =
        before
            .filter(ready -> ready.status() == status)
            .map(Condition::lastTransitionTime)
            .orElse(now.truncatedTo(ChronoUnit.SECONDS));
    return new Condition(ConditionTypes.READY, status, generation, since, reason.name(), message);
  }

  private static List<Condition> with(Condition ready, List<Condition> before) {
    return Stream.concat(
            Stream.of(ready),
            before.stream().filter(other -> !other.type().equals(ConditionTypes.READY)))
        .toList();
  }
}
