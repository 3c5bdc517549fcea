package ai.coditect.licensing.stores.keys;

import ai.coditect.licensing.tokens.BorrowedSeat;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which version of a root key signs, and which others are believed. Each is shown to verifiers for
 * a while before it signs, and goes on being believed until all that it signed has ended.
 *
 * <p>Decided by nothing but what Cloud KMS keeps, so no lost ledger or cluster turns it back.
 *
 * @param before signed before, by age
 * @param next will sign, by age
 * @param overlap for how long a version is shown before it signs
 */
record RootRotation(List<Version> before, Version signing, List<Version> next, Duration overlap) {

  /**
   * What a root signs that lives longest is a borrowed seat's token; two days more are for pods
   * that were late to notice.
   */
  static final Duration BELIEVED_AFTERWARDS = BorrowedSeat.MAX_LIFETIME.plusDays(2);

  /**
   * A version that is enabled.
   *
   * @param number the newer, the higher
   */
  record Version(int number, String name, Instant generatedAt) {}

  /**
   * Decides. Where no version was shown for long enough, the oldest signs.
   *
   * @param enabled one at least
   */
  static RootRotation of(List<Version> enabled, Duration overlap, Instant now) {
    List<Version> byAge =
        enabled.stream().sorted(Comparator.comparingInt(Version::number)).toList();
    Version signing =
        byAge.reversed().stream()
            .filter(version -> !now.isBefore(version.generatedAt().plus(overlap)))
            .findFirst()
            .orElse(byAge.getFirst());
    int place = byAge.indexOf(signing);
    return new RootRotation(
        byAge.subList(0, place), signing, byAge.subList(place + 1, byAge.size()), overlap);
  }

  /** When a version begins to sign, if no newer one has by then. */
  Instant signsFrom(Version version) {
    return version.generatedAt().plus(overlap);
  }

  /** Until when those that signed before are believed. */
  Instant believedUntil() {
    return signsFrom(signing).plus(BELIEVED_AFTERWARDS);
  }

  /** As it is once those that signed before are no longer enabled. */
  RootRotation withoutThoseBefore() {
    return new RootRotation(List.of(), signing, next, overlap);
  }

  /** Those that signed before, once they have had their time. */
  List<Version> ended(Instant now) {
    return now.isBefore(believedUntil()) ? List.of() : before;
  }

  /** When the next version begins or ends. */
  Optional<Instant> changesAt(Instant now) {
    return Stream.concat(
            next.stream().map(this::signsFrom), before.stream().map(_ -> believedUntil()))
        .filter(now::isBefore)
        .min(Comparator.naturalOrder());
  }
}
