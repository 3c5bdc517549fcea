package ai.coditect.licensing.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** What happened in a run, step by step; or nothing, where nobody wants to read it. */
public final class Journal {

  private final List<String> lines = new ArrayList<>();
  private final boolean isKept;

  private Journal(boolean isKept) {
    this.isKept = isKept;
  }

  static Journal kept() {
    return new Journal(true);
  }

  /** For the thousands of runs in which nothing is wrong. */
  static Journal ofNothing() {
    return new Journal(false);
  }

  void note(long nanos, String actor, Supplier<String> what) {
    if (isKept) {
      lines.add("%10.4f s  %-16s %s".formatted(nanos / 1e9, actor, what.get()));
    }
  }

  @Override
  public String toString() {
    return last(lines.size());
  }

  /** The end of it, to be read by people. */
  String last(int count) {
    return String.join("\n", lines.subList(Math.max(0, lines.size() - count), lines.size()));
  }
}
