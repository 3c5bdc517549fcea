package ai.coditect.licensing.operator.children;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Remembers what was wished last of each child, to tell a wish that changed from a child that was
 * changed. A restarted operator remembers nothing and takes a difference for a new wish, as after
 * an upgrade it most often is.
 */
final class Wishes {

  private final Map<String, Map<String, Integer>> hashesByOwner = new ConcurrentHashMap<>();

  void remember(String owner, HasMetadata wished) {
    of(owner).put(Children.name(wished), wished.hashCode());
  }

  /** Whether there was a wish for this child, whatever it was. */
  boolean isKnown(String owner, HasMetadata child) {
    return of(owner).containsKey(Children.name(child));
  }

  /** Whether the last wish for this child was the same. */
  boolean isTheSame(String owner, HasMetadata wished) {
    return Integer.valueOf(wished.hashCode()).equals(of(owner).get(Children.name(wished)));
  }

  void forget(String owner) {
    hashesByOwner.remove(owner);
  }

  void forget(String owner, HasMetadata child) {
    of(owner).remove(Children.name(child));
  }

  private Map<String, Integer> of(String owner) {
    return hashesByOwner.computeIfAbsent(owner, uid -> new ConcurrentHashMap<>());
  }
}
