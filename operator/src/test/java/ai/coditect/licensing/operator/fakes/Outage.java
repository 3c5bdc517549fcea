package ai.coditect.licensing.operator.fakes;

import java.util.function.Supplier;

/** Decides what becomes of calls to a fake store: answered, away, or the last of its operator. */
public final class Outage {

  private final Supplier<RuntimeException> away;
  private volatile boolean isAway;

  Outage(Supplier<RuntimeException> away) {
    this.away = away;
  }

  public void begin() {
    isAway = true;
  }

  public void end() {
    isAway = false;
  }

  /** To be called first by every method of a fake. */
  void pass() {
    if (isAway) {
      throw away.get();
    }
  }
}
