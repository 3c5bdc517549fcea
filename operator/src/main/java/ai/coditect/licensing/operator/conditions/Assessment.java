package ai.coditect.licensing.operator.conditions;

import ai.coditect.licensing.crds.Condition;
import ai.coditect.licensing.operator.conditions.Finding.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Makes conditions of findings: the first that stands in the way says why a resource is not Ready.
 *
 * @param findings in the order in which they matter
 * @param whenMet what Ready says where nothing stands in the way
 * @param notStalled what Stalled says where nothing was refused
 */
public record Assessment(List<Finding> findings, Finding whenMet, Finding notStalled) {

  private static final Duration SHORTEST_RETRY = Duration.ofSeconds(1);
  private static final Duration LONGEST_RETRY = Duration.ofMinutes(5);

  public Assessment {
    findings = List.copyOf(findings);
  }

  /**
   * The conditions to show. A condition whose status did not change keeps the time of its last
   * transition; one that no finding speaks of stays as it was.
   */
  public List<Condition> conditions(List<Condition> before, long generation, Instant now) {
    var conditions = new ArrayList<Condition>();
    conditions.add(
        next(ConditionTypes.READY, readiness().status(), readiness(), before, generation, now));
    conditions.add(
        next(
            ConditionTypes.STALLED,
            refusal().isPresent() ? Condition.Status.True : Condition.Status.False,
            refusal().orElse(notStalled),
            before,
            generation,
            now));
    for (var finding : findings) {
      if (!finding.type().equals(ConditionTypes.READY)) {
        conditions.add(next(finding.type(), finding.status(), finding, before, generation, now));
      }
    }
    before.stream().filter(old -> of(old.type(), conditions).isEmpty()).forEach(conditions::add);
    return List.copyOf(conditions);
  }

  /**
   * When to look again at what will change without an event: after half the time it has lasted
   * already, so the wait grows exponentially and survives a restart of the operator.
   *
   * @param conditions what {@link #conditions} made of these findings
   */
  public Optional<Duration> retryAfter(List<Condition> conditions, Instant now) {
    return findings.stream()
        .filter(Assessment::changesByItself)
        .map(finding -> bounded(lasted(finding, conditions, now).dividedBy(2)))
        .min(Comparator.naturalOrder());
  }

  /** Whether what is said of the resource as a whole is bad news. */
  boolean isTrouble() {
    return refusal().isPresent()
        || switch (readiness().outcome()) {
          case UNAVAILABLE, UNKNOWN -> true;
          case MET, PENDING, IMPAIRED, STUCK, REFUSED -> false;
        };
  }

  private static Optional<Condition> of(String type, List<Condition> conditions) {
    return conditions.stream().filter(condition -> condition.type().equals(type)).findFirst();
  }

  private static boolean changesByItself(Finding finding) {
    return switch (finding.outcome()) {
      case PENDING, UNAVAILABLE, IMPAIRED -> !finding.type().equals(ConditionTypes.READY);
      case MET, STUCK, REFUSED, UNKNOWN -> false;
    };
  }

  private static Duration lasted(Finding finding, List<Condition> conditions, Instant now) {
    return of(finding.type(), conditions)
        .map(condition -> Duration.between(condition.lastTransitionTime(), now))
        .orElse(Duration.ZERO);
  }

  private static Duration bounded(Duration wait) {
    if (wait.compareTo(SHORTEST_RETRY) < 0) {
      return SHORTEST_RETRY;
    }
    return wait.compareTo(LONGEST_RETRY) > 0 ? LONGEST_RETRY : wait;
  }

  private Finding readiness() {
    return findings.stream()
        .filter(Finding::standsInTheWay)
        .findFirst()
        .or(this::servedAllTheSame)
        .orElse(whenMet);
  }

  /** What is wrong shows in the summary too, though nobody is turned away. */
  private Optional<Finding> servedAllTheSame() {
    return findings.stream()
        .filter(finding -> finding.outcome() == Outcome.STUCK)
        .map(stuck -> Finding.met(ConditionTypes.READY, stuck.reason(), stuck.message()))
        .findFirst();
  }

  private Optional<Finding> refusal() {
    return findings.stream().filter(Finding::needsSomebody).findFirst();
  }

  private static Condition next(
      String type,
      Condition.Status status,
      Finding finding,
      List<Condition> before,
      long generation,
      Instant now) {
    var since =
        of(type, before)
            .filter(condition -> condition.status() == status)
            .map(Condition::lastTransitionTime)
            .orElse(now.truncatedTo(ChronoUnit.SECONDS));
    return new Condition(
        type, status, generation, since, finding.reason().name(), finding.message());
  }
}
