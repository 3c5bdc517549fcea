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

  /** Of two calls for the same: the first was asked first, and by the first answer it is done. */
  Span firstOfEach(Span other) {
    return new Span(earlier(asked, other.asked), earlier(told, other.told));
  }

  boolean overlaps(Span other) {
    return !asked.isAfter(other.told) && !other.asked.isAfter(told);
  }

  /** From the first question to the last answer. */
  Span cover(Span other) {
    return new Span(earlier(asked, other.asked), later(told, other.told));
  }

  static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }
}
