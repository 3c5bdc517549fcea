package ai.coditect.licensing.operator.pool;

import ai.coditect.licensing.crds.LicensePoolSpec;
import ai.coditect.licensing.stores.ledger.Validity;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/** How a pool's licence stands at an instant. */
sealed interface LicenseStanding {

  /** Seats are granted and kept. */
  record Holds() implements LicenseStanding {}

  /** Seats are not granted yet. */
  record NotYet(Instant begin) implements LicenseStanding {}

  /** It has ended, but seats are granted and kept until the last day of grace ends. */
  record InGrace(Instant end) implements LicenseStanding {}

  /** Seats are neither granted nor kept any more. */
  record Expired(Instant end) implements LicenseStanding {}

  static LicenseStanding of(Validity validity, Instant now) {
    if (validity.notBefore().filter(now::isBefore).isPresent()) {
      return new NotYet(validity.notBefore().get());
    }
    if (validity.notAfter().filter(end -> !now.isBefore(end)).isEmpty()) {
      return new Holds();
    }
    var end = validity.end().orElseThrow();
    return now.isBefore(end) ? new InGrace(end) : new Expired(end);
  }

  /** The validity that a spec wishes. */
  static Validity validity(LicensePoolSpec spec) {
    return Optional.ofNullable(spec.validity())
        .map(
            wished ->
                new Validity(
                    Optional.ofNullable(wished.notBefore()),
                    Optional.ofNullable(wished.notAfter()),
                    Duration.ofDays(wished.graceDays())))
        .orElse(Validity.UNLIMITED);
  }

  /** When the standing changes by itself; empty where it stays as it is. */
  static Optional<Instant> changesAfter(Validity validity, Instant now) {
    return Stream.of(validity.notBefore(), validity.notAfter(), validity.end())
        .flatMap(Optional::stream)
        .filter(now::isBefore)
        .min(Instant::compareTo);
  }
}
