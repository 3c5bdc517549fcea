package ai.coditect.licensing.stores.ledger;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * Names that begin with the millisecond they were made in and are random otherwise (UUID version 7,
 * RFC 9562): 74 bits that nobody guesses where the generator is a secure one.
 *
 * <p>Delete when {@code UUID.ofEpochMillis} of JDK 26 can be used.
 */
final class TimeOrderedIds {

  /** Parts of a millisecond, as many as there is room for behind the version. */
  private static final long UNITS = 4_096;

  private static final long MICROS = 1_000;

  private final RandomGenerator random;

  TimeOrderedIds(RandomGenerator random) {
    this.random = random;
  }

  UUID at(Instant when) {
    var version = 0x7000L | (random.nextLong() & 0x0fff);
    var variant = Long.MIN_VALUE | (random.nextLong() >>> 2);
    return new UUID((when.toEpochMilli() << 16) | version, variant);
  }

  /**
   * As {@link #at} with 62 random bits: names of one transaction sort by their number, and those of
   * transactions that followed each other within a millisecond by their instants.
   */
  UUID inOrder(Instant when, int number) {
    var micros = ChronoUnit.MICROS.between(Instant.EPOCH, when);
    var units = (micros / MICROS) * UNITS + (micros % MICROS) * UNITS / MICROS + number;
    var variant = Long.MIN_VALUE | (random.nextLong() >>> 2);
    return new UUID(((units / UNITS) << 16) | 0x7000L | (units % UNITS), variant);
  }

  /** When the name was made, to the millisecond; empty where it does not begin with that. */
  static Optional<Instant> timeOf(UUID name) {
    return name.version() == 7
        ? Optional.of(Instant.ofEpochMilli(name.getMostSignificantBits() >>> 16))
        : Optional.empty();
  }

  /** Lies before every name that is made then or later, and after every earlier one. */
  static UUID first(Instant when) {
    return new UUID(when.toEpochMilli() << 16, 0);
  }
}
