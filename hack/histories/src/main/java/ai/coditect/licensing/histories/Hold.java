package ai.coditect.licensing.histories;

import java.time.Instant;
import java.util.UUID;

/**
 * A session's hold as its client can prove it.
 *
 * @param from when the client was told; the grant was earlier
 * @param until the last instant at which it holds for sure: its latest token has not ended, and
 *     nobody had asked for its end yet; where that is before {@code from}, it proves nothing
 * @param isNew whether its holder held no seat for sure when it asked for this one
 */
record Hold(
    UUID session,
    String holder,
    int slot,
    long generation,
    Span granted,
    Instant from,
    Instant until,
    boolean isNew) {

  boolean holdsThroughout(Span span) {
    return !from.isAfter(span.asked()) && until.isAfter(span.told());
  }

  boolean overlaps(Hold other) {
    return Span.later(from, other.from).isBefore(Span.earlier(until, other.until));
  }

  @Override
  public String toString() {
    return "session %s of %s on slot %d, generation %d, from %s until %s"
        .formatted(session, holder, slot, generation, from, until);
  }
}
