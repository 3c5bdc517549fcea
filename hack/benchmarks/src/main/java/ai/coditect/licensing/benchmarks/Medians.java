package ai.coditect.licensing.benchmarks;

import java.util.Arrays;

/** The value in the middle. */
final class Medians {

  private Medians() {}

  /**
   * Between the two middle ones where there is an even number; not a number where there is none.
   */
  static double of(double... values) {
    double[] sorted = Arrays.stream(values).sorted().toArray();
    int middle = sorted.length / 2;
    if (sorted.length == 0) {
      return Double.NaN;
    }
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
