package ai.coditect.licensing.crds;

import java.util.List;
import java.util.Optional;

/**
 * A status with conditions.
 *
 * @param <S> itself
 */
public interface ConditionedStatus<S> {

  List<Condition> conditions();

  /** The same with other conditions. */
  S withConditions(List<Condition> others);

  /** What is said of one thing, where anything is. */
  default Optional<Condition> condition(String type) {
    return conditions().stream().filter(condition -> condition.type().equals(type)).findFirst();
  }

  /** Whether a condition is there and true. */
  default boolean isTrue(String type) {
    return condition(type).filter(there -> there.status() == Condition.Status.True).isPresent();
  }
}
