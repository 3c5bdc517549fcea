package ai.coditect.licensing.operator.fakes;

import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Decides what becomes of calls to a fake store: answered, away, or the last of its operator. */
public final class Outage {

  private final Supplier<RuntimeException> away;
  private volatile boolean isAway;
  private volatile Runnable beforeEachCall = () -> {};
  private volatile BooleanSupplier fails = () -> false;

  Outage(Supplier<RuntimeException> away) {
    this.away = away;
  }

  public void begin() {
    isAway = true;
  }

  public void end() {
    isAway = false;
  }

  /** Runs something before each call, which may throw. */
  public void beforeEachCall(Runnable action) {
    beforeEachCall = action;
  }

  /** Calls for which this holds find the store away. */
  public void failWhere(BooleanSupplier condition) {
    fails = condition;
  }

  /** To be called first by every method of a fake. */
  void pass() {
    beforeEachCall.run();
    if (isAway || fails.getAsBoolean()) {
      throw away.get();
    }
  }
}
