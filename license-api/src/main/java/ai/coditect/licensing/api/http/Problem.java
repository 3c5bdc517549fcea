package ai.coditect.licensing.api.http;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * An error as it is answered (RFC 9457). Nothing in it repeats what the caller sent, names a host
 * or quotes an exception.
 *
 * @param detail one sentence for people
 * @param errors what is wrong with the body
 * @param retryAfterSeconds when to try again
 * @param earliestFree when a seat comes free if nobody releases one before
 * @param reasons why the service is not ready
 * @param missingRole which role the caller's token has not
 */
record Problem(
    ProblemType type,
    String detail,
    List<FieldError> errors,
    Optional<Long> retryAfterSeconds,
    Optional<EarliestFree> earliestFree,
    List<String> reasons,
    Optional<String> missingRole) {

  /**
   * One thing that is wrong with the body.
   *
   * @param pointer JSON pointer (RFC 6901); empty for the whole body
   */
  record FieldError(String pointer, String detail) {}

  /** A later instant, and how many seconds it is away; both cut up to whole seconds. */
  record EarliestFree(Instant at, long inSeconds) {}

  static Problem of(ProblemType type, String detail) {
    return new Problem(
        type, detail, List.of(), Optional.empty(), Optional.empty(), List.of(), Optional.empty());
  }

  static Problem missingRole(String role) {
    return new Problem(
        ProblemType.MISSING_ROLE,
        "The bearer token has not the role %s, which the Tenant's spec.auth gives.".formatted(role),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        Optional.of(role));
  }

  static Problem invalid(List<FieldError> errors) {
    return new Problem(
        ProblemType.INVALID_REQUEST,
        "Correct what \"errors\" names.",
        List.copyOf(errors),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        Optional.empty());
  }

  static Problem notReady(List<String> reasons) {
    return new Problem(
        ProblemType.NOT_READY,
        "Seats cannot be renewed now.",
        List.of(),
        Optional.empty(),
        Optional.empty(),
        List.copyOf(reasons),
        Optional.empty());
  }

  /** The same, to be tried again after this time; rounded up to whole seconds, one at least. */
  Problem retryAfter(Duration wait) {
    return new Problem(
        type, detail, errors, Optional.of(wholeSeconds(wait)), earliestFree, reasons, missingRole);
  }

  /** The same, to be tried again when a seat comes free: after this time, if not before. */
  Problem freeAfter(Duration wait, Instant now) {
    long seconds = wholeSeconds(wait);
    Instant at = now.plus(wait).plusSeconds(1).minusNanos(1).truncatedTo(ChronoUnit.SECONDS);
    return new Problem(
        type,
        detail,
        errors,
        Optional.of(seconds),
        Optional.of(new EarliestFree(at, seconds)),
        reasons,
        missingRole);
  }

  private static long wholeSeconds(Duration wait) {
    return Math.max(1, wait.plusSeconds(1).minusNanos(1).toSeconds());
  }
}
