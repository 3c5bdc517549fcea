package ai.coditect.licensing.api.faults;

import ai.coditect.licensing.histories.Event;
import ai.coditect.licensing.histories.History;
import ai.coditect.licensing.histories.Span;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes down what clients did and were told, and what befell them, in one order. Safe for many
 * threads.
 */
final class Witness {

  private static final Pattern SESSION =
      Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  /** A token ends two seconds before its lease, and at a whole second. */
  private static final Duration BEYOND_PROOF = Duration.ofSeconds(3);

  private static final Duration AROUND = Duration.ofSeconds(1);
  private static final int MOST_LINES = 150;

  /**
   * @param unansweredBy the pod that may carry it out late, where nobody knows its end
   */
  private record Seen(Event event, OptionalInt unansweredBy) {}

  private record Note(Span span, String text) {

    @Override
    public String toString() {
      return "%s  %5d ms  %s"
          .formatted(span.asked(), Duration.between(span.asked(), span.told()).toMillis(), text);
    }
  }

  private final List<Seen> seen = new ArrayList<>();
  private final List<Note> notes = new ArrayList<>();
  private final List<String> wrongs = new ArrayList<>();

  synchronized void saw(Event event, String by) {
    seen.add(new Seen(event, OptionalInt.empty()));
    note(event.span(), by + "  " + event);
  }

  /** A call without an answer. */
  synchronized void missed(Event event, Pod pod, String by) {
    seen.add(new Seen(event, OptionalInt.of(pod.number)));
    note(event.span(), by + "  without an answer: " + event);
  }

  synchronized void note(Span span, String text) {
    notes.add(new Note(span, text));
  }

  /** Something that must never be, whatever fails. */
  synchronized void wrong(Instant since, String what) {
    wrongs.add(what);
    note(new Span(since, Instant.now()), "WRONG: " + what);
  }

  /** Everything that is wrong with what was seen. */
  synchronized List<String> violations(int seats, Disturbances disturbances) {
    History history = new History(seats, BEYOND_PROOF);
    seen.forEach(some -> history.add(settled(some, disturbances)));
    return Stream.concat(wrongs.stream(), history.violations().stream()).toList();
  }

  /** All of it, line by line. */
  synchronized List<String> lines() {
    return sorted().map(Note::toString).toList();
  }

  /** What happened around a violation: from its sessions' first word to their last. */
  synchronized String around(String violation) {
    List<String> sessions =
        SESSION.matcher(violation).results().map(match -> match.group()).toList();
    List<Note> theirs = notes.stream().filter(note -> concerns(note, sessions, violation)).toList();
    if (theirs.isEmpty()) {
      return "";
    }
    Instant from =
        theirs.stream().map(it -> it.span().asked()).min(Comparator.naturalOrder()).orElseThrow();
    Instant until =
        theirs.stream().map(it -> it.span().told()).max(Comparator.naturalOrder()).orElseThrow();
    return sorted()
        .filter(note -> !note.span().told().isBefore(from.minus(AROUND)))
        .filter(note -> !note.span().asked().isAfter(until.plus(AROUND)))
        .limit(MOST_LINES)
        .map(note -> (theirs.contains(note) ? "> " : "  ") + note)
        .collect(Collectors.joining("\n"));
  }

  /** How much there was to judge. */
  @Override
  public synchronized String toString() {
    return seen.stream()
        .map(some -> some.event().getClass().getSimpleName())
        .collect(Collectors.groupingBy(name -> name, TreeMap::new, Collectors.counting()))
        .toString();
  }

  private static boolean concerns(Note note, List<String> sessions, String violation) {
    Matcher mentioned = SESSION.matcher(note.text());
    return note.text().endsWith(violation)
        || mentioned.results().anyMatch(match -> sessions.contains(match.group()));
  }

  private Stream<Note> sorted() {
    return notes.stream().sorted(Comparator.comparing(note -> note.span().asked()));
  }

  private static Event settled(Seen seen, Disturbances disturbances) {
    if (seen.unansweredBy().isEmpty()) {
      return seen.event();
    }
    Span span = seen.event().span();
    Span late = new Span(span.asked(), disturbances.settled(seen.unansweredBy().getAsInt(), span));
    return switch (seen.event()) {
      case Event.NotGranted attempt -> new Event.NotGranted(late, attempt.holder());
      case Event.Released release -> new Event.Released(late, release.session());
      case Event.MaybeRenewed renewal ->
          new Event.MaybeRenewed(
              late,
              renewal.session(),
              renewal.heldUntil().plus(Duration.between(span.told(), late.told())));
      default -> throw new IllegalStateException("Its end is known: " + seen.event());
    };
  }
}
