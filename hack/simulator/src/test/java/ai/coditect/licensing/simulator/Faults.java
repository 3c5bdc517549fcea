package ai.coditect.licensing.simulator;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Decides what goes wrong in one run, and counts it. Each run knows only some of the faults: those
 * that always come together would hide what one alone can do.
 */
public final class Faults {

  private final Random random;
  private final Set<Fault> possible = EnumSet.noneOf(Fault.class);
  private final Map<Fault, Long> struck = new EnumMap<>(Fault.class);
  private boolean isHealed;

  Faults(Random random) {
    this.random = random;
    for (var fault : Fault.values()) {
      if (random.nextBoolean()) {
        possible.add(fault);
      }
    }
  }

  /** Whether the fault strikes here and now; counts it if so. */
  public boolean strikes(Fault fault) {
    if (!mayStrike(fault) || random.nextDouble() >= fault.rate()) {
      return false;
    }
    count(fault);
    return true;
  }

  /** For whoever decides by itself when. */
  boolean mayStrike(Fault fault) {
    return !isHealed && possible.contains(fault);
  }

  void count(Fault fault) {
    struck.merge(fault, 1L, Long::sum);
  }

  /** From now on nothing goes wrong. */
  void heal() {
    isHealed = true;
  }

  Map<Fault, Long> struck() {
    return struck;
  }
}
