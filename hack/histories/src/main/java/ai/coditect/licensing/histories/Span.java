package ai.coditect.licensing.histories;

import java.time.Instant;

/**
 * One call as its client saw it; what it did happened at some instant in between.
 *
 * @param asked before the request was sent
 * @param told after the answer came, or the client gave up; by the same clock
 */
public record Span(Instant asked, Instant told) {

  public Span {
    if (told.isBefore(asked)) {
      throw new IllegalArgumentException("Told " + told + " before it was asked " + asked);
    }
  }

  static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }
}
