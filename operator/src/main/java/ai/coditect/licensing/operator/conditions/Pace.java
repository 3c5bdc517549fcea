package ai.coditect.licensing.operator.conditions;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Spreads what would otherwise happen to all resources at the same instant. */
public final class Pace {

  private static final double SPREAD = 0.1;

  private Pace() {}

  /** The interval, up to a tenth shorter or longer. */
  public static Duration spread(Duration interval) {
    double factor = 1 + ThreadLocalRandom.current().nextDouble(-SPREAD, SPREAD);
    return Duration.ofMillis(Math.max(1, Math.round(interval.toMillis() * factor)));
  }
}
