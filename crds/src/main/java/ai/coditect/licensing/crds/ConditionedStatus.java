package ai.coditect.licensing.crds;

import java.util.List;

/**
 * A status with conditions.
 *
 * @param <S> itself
 */
public interface ConditionedStatus<S> {

  List<Condition> conditions();

  /** The same with other conditions. */
  S withConditions(List<Condition> others);
}
