package ai.coditect.licensing.histories;

import static java.util.stream.Collectors.groupingBy;

import ai.coditect.licensing.histories.Event.Granted;
import ai.coditect.licensing.histories.Event.Limited;
import ai.coditect.licensing.histories.Event.Lost;
import ai.coditect.licensing.histories.Event.NotGranted;
import ai.coditect.licensing.histories.Event.Released;
import ai.coditect.licensing.histories.Event.Renewed;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The seat promise, held against a history. Lenient where clients cannot know: a call happened at
 * some instant between question and answer, so only what is wrong at each of them is told.
 */
final class Promise {

  private final int seats;
  private final List<Limited> limits;
  private final List<Lost> losses;
  private final Map<UUID, Hold> holds = new HashMap<>();

  Promise(int seats, List<Event> events) {
    this.seats = seats;
    this.limits = sorted(events, Limited.class);
    this.losses = sorted(events, Lost.class);
    var ends = new Ends(events);
    for (var grant : sorted(events, Granted.class)) {
      holds.put(grant.session(), ends.hold(grant));
    }
  }

  List<String> violations() {
    return Stream.of(sharedSlots(), grantsBeyondTheLimit(), generations(), lostWhileProven())
        .flatMap(List::stream)
        .toList();
  }

  /** Two sessions can prove at one instant that they hold the same slot. */
  private List<String> sharedSlots() {
    var found = new ArrayList<String>();
    for (var slot : bySlot()) {
      for (var i = 1; i < slot.size(); i++) {
        for (var earlier : slot.subList(0, i)) {
          if (earlier.overlaps(slot.get(i))) {
            found.add("Two hold one slot: " + earlier + " and " + slot.get(i));
          }
        }
      }
    }
    return found;
  }

  /** Somebody new was granted a seat while as many as the limit, or more, were held throughout. */
  private List<String> grantsBeyondTheLimit() {
    var found = new ArrayList<String>();
    for (var hold : holds.values().stream().filter(Hold::isNew).toList()) {
      var others =
          holds.values().stream()
              .filter(other -> !other.holder().equals(hold.holder()))
              .filter(other -> other.holdsThroughout(hold.granted()))
              .count();
      var limit = highestLimit(hold.granted());
      if (others >= limit) {
        found.add("Granted with %d of %d seats held: %s".formatted(others, limit, hold));
      }
    }
    return found;
  }

  /** A slot's generation rises with each grant. */
  private List<String> generations() {
    var found = new ArrayList<String>();
    for (var slot : bySlot()) {
      for (var i = 1; i < slot.size(); i++) {
        var before = slot.get(i - 1);
        var after = slot.get(i);
        var isOrdered = !before.granted().told().isAfter(after.granted().asked());
        if (before.generation() == after.generation()
            || (isOrdered && before.generation() > after.generation())) {
          found.add("The generation did not rise: " + before + " and " + after);
        }
      }
    }
    return found;
  }

  /** A heartbeat was told that the seat is lost, though the client's token still proves it. */
  private List<String> lostWhileProven() {
    return losses.stream()
        .filter(loss -> holds.containsKey(loss.session()))
        .filter(loss -> holds.get(loss.session()).holdsThroughout(loss.span()))
        .map(loss -> "Lost at %s: %s".formatted(loss.span().told(), holds.get(loss.session())))
        .toList();
  }

  private List<List<Hold>> bySlot() {
    return holds.values().stream()
        .sorted(Comparator.comparing(Hold::from).thenComparing(Hold::generation))
        .collect(groupingBy(Hold::slot))
        .values()
        .stream()
        .toList();
  }

  /** The highest limit that may have been in force at an instant of the span. */
  private int highestLimit(Span span) {
    var highest = 0;
    var settled = seats;
    for (var limit : limits) {
      if (limit.span().told().isBefore(span.asked())) {
        settled = limit.seats();
      } else if (!limit.span().asked().isAfter(span.told())) {
        highest = Math.max(highest, limit.seats());
      }
    }
    return Math.max(highest, settled);
  }

  private static <E extends Event> List<E> sorted(List<Event> events, Class<E> type) {
    return events.stream()
        .filter(type::isInstance)
        .map(type::cast)
        .sorted(Comparator.comparing(event -> event.span().asked()))
        .toList();
  }

  /** When clients' holds end at the earliest. */
  private static final class Ends {

    private final Map<UUID, Instant> proven = new HashMap<>();
    private final Map<UUID, Span> releases = new HashMap<>();
    private final Map<String, List<Event>> acquires = new HashMap<>();

    Ends(List<Event> events) {
      for (var event : events) {
        switch (event) {
          case Granted grant -> {
            acquired(grant.holder(), grant);
            proven.merge(grant.session(), grant.provenUntil(), Span::later);
          }
          case NotGranted attempt -> acquired(attempt.holder(), attempt);
          case Renewed renewal ->
              proven.merge(renewal.session(), renewal.provenUntil(), Span::later);
          case Released release -> releases.putIfAbsent(release.session(), release.span());
          case Lost _, Limited _ -> {
            // Ends no hold.
          }
        }
      }
    }

    Hold hold(Granted grant) {
      var until = proven.get(grant.session());
      if (releases.containsKey(grant.session())) {
        until = Span.earlier(until, releases.get(grant.session()).asked());
      }
      for (var other : acquires.get(grant.holder())) {
        // It may have come after this one, even if it was asked for before, and superseded it.
        if (!other.equals(grant) && !other.span().told().isBefore(grant.span().asked())) {
          until = Span.earlier(until, other.span().asked());
        }
      }
      return new Hold(
          grant.session(),
          grant.holder(),
          grant.slot(),
          grant.generation(),
          grant.span(),
          grant.span().told(),
          until,
          acquires.get(grant.holder()).stream().noneMatch(other -> mayHold(other, grant)));
    }

    /** Whether an earlier acquire's seat may still have been its holder's when it asked anew. */
    private boolean mayHold(Event acquire, Granted later) {
      if (acquire.equals(later)) {
        return false;
      }
      var end =
          switch (acquire) {
            case Granted earlier -> end(earlier.session());
            default -> acquire.span().told();
          };
      return !acquire.span().asked().isAfter(later.span().told())
          && !end.isBefore(later.span().asked());
    }

    /** When the session holds no seat for sure. */
    private Instant end(UUID session) {
      var lease = proven.get(session);
      var release = releases.get(session);
      return release == null ? lease : Span.earlier(lease, release.told());
    }

    private void acquired(String holder, Event attempt) {
      acquires.computeIfAbsent(holder, _ -> new ArrayList<>()).add(attempt);
    }
  }
}
