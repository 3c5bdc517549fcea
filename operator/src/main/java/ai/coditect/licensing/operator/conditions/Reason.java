package ai.coditect.licensing.operator.conditions;

/**
 * Why a condition stands as it does. Constants are written as users see them and are part of the
 * contract: {@code docs/conditions.md} explains each.
 */
public interface Reason {

  /** The word in the condition. */
  String name();
}
