package ai.coditect.licensing.histories;

import java.time.Instant;
import java.util.UUID;

/** What one client, or whoever sets the limit, did and was told. */
public sealed interface Event {

  Span span();

  /**
   * A seat was granted.
   *
   * @param provenUntil the {@code exp} of the token
   */
  record Granted(
      Span span, UUID session, String holder, int slot, long generation, Instant provenUntil)
      implements Event {}

  /**
   * An acquire that was refused, or that nobody knows the end of.
   *
   * @param span where it may have been granted all the same, up to the last instant at which that
   *     can have happened
   * @param heldUntil when a seat that it may have been granted is free again at the latest
   */
  record NotGranted(Span span, String holder, Instant heldUntil) implements Event {

    /** One that holds no seat beyond its span. */
    public NotGranted(Span span, String holder) {
      this(span, holder, span.told());
    }
  }

  /** An acquire was told that every seat is held. */
  record Refused(Span span, String holder) implements Event {}

  /** A heartbeat was answered with a fresh token. */
  record Renewed(Span span, UUID session, Instant provenUntil) implements Event {}

  /**
   * A heartbeat that nobody knows the end of.
   *
   * @param heldUntil how long it may keep the seat, without proof of it
   */
  record MaybeRenewed(Span span, UUID session, Instant heldUntil) implements Event {}

  /** A heartbeat was told that the session holds no seat. */
  record Lost(Span span, UUID session) implements Event {}

  /**
   * The client asked for the session's end.
   *
   * @param span where nobody knows whether it came, up to the last instant at which it can have
   */
  record Released(Span span, UUID session) implements Event {}

  /** The pool's seats were set; before and after the call the limit is known, within it is not. */
  record Limited(Span span, int seats) implements Event {}
}
