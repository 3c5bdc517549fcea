package ai.coditect.licensing.stores.ledger;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.Optional;

/**
 * The time of a partition: most often a week, from Monday to Monday, UTC.
 *
 * @param from the first instant; a full hour
 * @param to the first instant after it
 */
record HistoryRange(Instant from, Instant to) {

  /** So long nobody need look after it. */
  static final Duration AHEAD = Duration.ofDays(28);

  private static final DateTimeFormatter HOUR =
      DateTimeFormatter.ofPattern("yyyyMMdd'h'HH").withZone(ZoneOffset.UTC);

  /**
   * The range to be made next, or empty where there are enough.
   *
   * @param lastEnd where the last one ends; empty where there is none
   */
  static Optional<HistoryRange> next(Optional<Instant> lastEnd, Instant now) {
    var monday = mondayBefore(now);
    var from = lastEnd.filter(end -> end.isAfter(monday)).orElse(monday);
    return from.isBefore(now.plus(AHEAD))
        ? Optional.of(new HistoryRange(from, mondayAfter(from)))
        : Optional.empty();
  }

  /** What of it lies ahead for sure: where too much of it is history already. */
  HistoryRange ahead(Instant now) {
    var soon = now.truncatedTo(ChronoUnit.HOURS).plus(Duration.ofHours(2));
    return new HistoryRange(soon, soon.isBefore(to) ? to : mondayAfter(soon));
  }

  /** The partition's name, from which it is read again. */
  String nameIn(HistoryTable table) {
    return "%s_%s_%s".formatted(table.name(), HOUR.format(from), HOUR.format(to));
  }

  static HistoryRange ofName(String name) {
    var parts = name.split("_", -1);
    return new HistoryRange(
        HOUR.parse(parts[parts.length - 2], Instant::from),
        HOUR.parse(parts[parts.length - 1], Instant::from));
  }

  private static Instant mondayBefore(Instant instant) {
    return instant
        .atOffset(ZoneOffset.UTC)
        .truncatedTo(ChronoUnit.DAYS)
        .with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY))
        .toInstant();
  }

  private static Instant mondayAfter(Instant instant) {
    return mondayBefore(instant).plus(Duration.ofDays(7));
  }
}
