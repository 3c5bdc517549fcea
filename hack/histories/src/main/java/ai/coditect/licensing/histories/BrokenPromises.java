package ai.coditect.licensing.histories;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Remembers, while the process lives, which runs broke the promise. A build that tries failed tests
 * once more would else take a broken promise for a flake: time is real, and the second run may meet
 * no trouble. Kept by a test class for all its tests. Safe for many threads.
 */
public final class BrokenPromises {

  private final Map<String, List<String>> found = new ConcurrentHashMap<>();

  /**
   * The violations that the run of this name was found to have before, or else those it has now.
   *
   * @param judge does the run; not called again once it found violations
   */
  public List<String> of(String run, Callable<List<String>> judge) throws Exception {
    var before = found.get(run);
    if (before != null) {
      return before;
    }
    var violations = List.copyOf(judge.call());
    if (!violations.isEmpty()) {
      found.put(run, violations);
    }
    return violations;
  }
}
