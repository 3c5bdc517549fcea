package ai.coditect.licensing.api.faults;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** How often each fault was tried and really happened. Safe for many threads. */
final class FiredFaults {

  private record Count(int tried, int fired) {

    private static final Count NONE = new Count(0, 0);

    Count plus(boolean hasFired) {
      return new Count(tried + 1, hasFired ? fired + 1 : fired);
    }
  }

  private final Map<Fault, Count> counts = new EnumMap<>(Fault.class);

  synchronized void count(Fault fault, boolean hasFired) {
    counts.put(fault, of(fault).plus(hasFired));
  }

  synchronized List<Fault> neverFired() {
    return Arrays.stream(Fault.values()).filter(fault -> of(fault).fired == 0).toList();
  }

  /** For people. */
  synchronized String table() {
    return Arrays.stream(Fault.values())
        .map(fault -> "%-34s %4d of %4d".formatted(fault, of(fault).fired, of(fault).tried))
        .collect(Collectors.joining("\n", "Faults that fired, of those tried:\n", "\n"));
  }

  private Count of(Fault fault) {
    return counts.getOrDefault(fault, Count.NONE);
  }
}
