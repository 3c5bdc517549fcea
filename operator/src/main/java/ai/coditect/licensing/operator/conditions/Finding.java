package ai.coditect.licensing.operator.conditions;

import ai.coditect.licensing.crds.Condition;
import java.util.Optional;

/**
 * What one step of a reconcile found.
 *
 * @param type the condition it speaks of; {@link ConditionTypes#READY} where it has none of its own
 * @param message deterministic: the same finding has the same words
 * @param cause for the log alone
 */
public record Finding(
    String type, Outcome outcome, Reason reason, String message, Optional<Throwable> cause) {

  /** How it stands, and what follows. */
  public enum Outcome {
    /** As wished. */
    MET,
    /** Not yet; something under way will make it so. */
    PENDING,
    /** An outside system is away; retried without end. */
    UNAVAILABLE,
    /** An outside system is away that service can do without for a while; retried without end. */
    IMPAIRED,
    /** Served as before, and retrying does not help: somebody must change something. */
    STUCK,
    /** Retrying does not help: somebody must change something. */
    REFUSED,
    /** Nobody knows: an earlier finding stands in the way. */
    UNKNOWN
  }

  public static Finding met(String type, Reason reason, String message) {
    return of(type, Outcome.MET, reason, message);
  }

  public static Finding pending(String type, Reason reason, String message) {
    return of(type, Outcome.PENDING, reason, message);
  }

  public static Finding unavailable(String type, Reason reason, String message) {
    return of(type, Outcome.UNAVAILABLE, reason, message);
  }

  public static Finding impaired(String type, Reason reason, String message) {
    return of(type, Outcome.IMPAIRED, reason, message);
  }

  public static Finding stuck(String type, Reason reason, String message) {
    return of(type, Outcome.STUCK, reason, message);
  }

  public static Finding refused(String type, Reason reason, String message) {
    return of(type, Outcome.REFUSED, reason, message);
  }

  public static Finding unknown(String type, Reason reason, String message) {
    return of(type, Outcome.UNKNOWN, reason, message);
  }

  /**
   * Refuses a choice that only a newer version knows; empty where it is known.
   *
   * @param field its path below spec
   * @param value null where it is not known
   */
  public static Optional<Finding> unknownValue(Reason reason, String field, Enum<?> value) {
    if (value != null) {
      return Optional.empty();
    }
    var message =
        "This version of the operator does not know the value of spec.%s: change it, or run a newer version"
            .formatted(field);
    return Optional.of(refused(ConditionTypes.READY, reason, message));
  }

  /** The same finding with what made it so. */
  public Finding because(Throwable failure) {
    return new Finding(type, outcome, reason, message, Optional.of(failure));
  }

  public boolean isMet() {
    return outcome == Outcome.MET;
  }

  boolean standsInTheWay() {
    return switch (outcome) {
      case MET, IMPAIRED, STUCK -> false;
      case PENDING, UNAVAILABLE, REFUSED, UNKNOWN -> true;
    };
  }

  boolean needsSomebody() {
    return outcome == Outcome.REFUSED || outcome == Outcome.STUCK;
  }

  Condition.Status status() {
    return switch (outcome) {
      case MET -> Condition.Status.True;
      case PENDING, UNAVAILABLE, IMPAIRED, STUCK, REFUSED -> Condition.Status.False;
      case UNKNOWN -> Condition.Status.Unknown;
    };
  }

  private static Finding of(String type, Outcome outcome, Reason reason, String message) {
    return new Finding(type, outcome, reason, message, Optional.empty());
  }
}
