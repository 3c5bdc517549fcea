package ai.coditect.licensing.histories;

import static java.util.stream.Collectors.groupingBy;

import ai.coditect.licensing.histories.Event.Granted;
import ai.coditect.licensing.histories.Event.Limited;
import ai.coditect.licensing.histories.Event.Lost;
import ai.coditect.licensing.histories.Event.MaybeRenewed;
import ai.coditect.licensing.histories.Event.NotGranted;
import ai.coditect.licensing.histories.Event.Refused;
import ai.coditect.licensing.histories.Event.Released;
import ai.coditect.licensing.histories.Event.Renewed;
import java.time.Duration;
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

  /** So soon after a seat came free it can be taken. */
  private static final Duration FREE_AGAIN = Duration.ofSeconds(1);

  private final int seats;
  private final List<Limited> limits;
  private final List<Lost> losses;
  private final List<Renewed> renewals;
  private final List<Refused> refusals;
  private final Ends ends;
  private final Map<UUID, Hold> holds = new HashMap<>();

  Promise(int seats, Duration beyondProof, List<Event> events) {
    this.seats = seats;
    this.limits = sorted(events, Limited.class);
    this.losses = sorted(events, Lost.class);
    this.renewals = sorted(events, Renewed.class);
    this.refusals = sorted(events, Refused.class);
    this.ends = new Ends(events, beyondProof);
    for (var grant : sorted(events, Granted.class)) {
      holds.put(grant.session(), ends.hold(grant));
    }
  }

  List<String> violations() {
    return Stream.of(
            sharedSlots(),
            grantsBeyondTheLimit(),
            generations(),
            lostWhileProven(),
            secondSeats(),
            revivals(),
            refusedWithRoom())
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
      var limit = highestLimit(hold.granted());
      var others = heldThroughout(hold.granted(), List.of(hold));
      if (others >= limit) {
        found.add("Granted with %d of %d seats held: %s".formatted(others, limit, hold));
      } else {
        found.addAll(grantedTogether(hold));
      }
    }
    return found;
  }

  /** Of several that were granted at the same time, the last one found all the others held. */
  private List<String> grantedTogether(Hold hold) {
    var together =
        holds.values().stream()
            .filter(Hold::isNew)
            .filter(other -> other.granted().overlaps(hold.granted()))
            .toList();
    var span = together.stream().map(Hold::granted).reduce(hold.granted(), Span::cover);
    var holders =
        together.stream()
            .filter(one -> one.until().isAfter(span.told()))
            .map(Hold::holder)
            .distinct()
            .count();
    var all = holders + heldThroughout(span, together);
    var limit = highestLimit(span);
    return holders > 1 && all > limit
        ? List.of("Granted together, %d of %d seats: %s".formatted(all, limit, together))
        : List.of();
  }

  private long heldThroughout(Span span, List<Hold> except) {
    var holders = except.stream().map(Hold::holder).toList();
    return holds.values().stream()
        .filter(other -> !holders.contains(other.holder()))
        .filter(other -> other.holdsThroughout(span))
        .map(Hold::holder)
        .distinct()
        .count();
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

  /**
   * A holder that surely had a seat was granted another one, or kept the older session of two that
   * followed each other.
   */
  private List<String> secondSeats() {
    var found = new ArrayList<String>();
    for (var later : holds.values()) {
      for (var earlier : holds.values()) {
        if (ends.surelyHeldWhen(earlier, later) && earlier.slot() != later.slot()) {
          found.add("A holder has two seats: " + earlier + " and " + later);
        }
        if (follows(later, earlier) && isRenewedAfter(earlier, later.granted().told())) {
          found.add("A holder has two sessions: " + earlier + " and " + later);
        }
      }
    }
    return found;
  }

  private static boolean follows(Hold later, Hold earlier) {
    return !later.session().equals(earlier.session())
        && later.holder().equals(earlier.holder())
        && !earlier.granted().told().isAfter(later.granted().asked());
  }

  private boolean isRenewedAfter(Hold hold, Instant instant) {
    return renewals.stream()
        .filter(renewal -> renewal.session().equals(hold.session()))
        .anyMatch(renewal -> renewal.span().asked().isAfter(instant));
  }

  /** A session was renewed when its lease had ended for sure. */
  private List<String> revivals() {
    return renewals.stream()
        .filter(renewal -> holds.containsKey(renewal.session()))
        .filter(renewal -> ends.endKnownBefore(renewal).isBefore(renewal.span().asked()))
        .map(renewal -> "Revived: " + renewal)
        .toList();
  }

  /** Somebody was told that all seats are held, though not so many can have been for a second. */
  private List<String> refusedWithRoom() {
    var found = new ArrayList<String>();
    for (var refusal : refusals) {
      var since = refusal.span().asked().minus(FREE_AGAIN);
      var limit = lowestLimit(new Span(since, refusal.span().told()));
      var most = ends.mostThatMayHold(since, refusal.span().told());
      if (most < limit) {
        found.add("Refused with at most %d of %d seats held: %s".formatted(most, limit, refusal));
      }
    }
    return found;
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

  /** The lowest limit that may have been in force at an instant of the span. */
  private int lowestLimit(Span span) {
    var lowest = Integer.MAX_VALUE;
    var settled = seats;
    for (var limit : limits) {
      if (limit.span().told().isBefore(span.asked())) {
        settled = limit.seats();
      } else if (!limit.span().asked().isAfter(span.told())) {
        lowest = Math.min(lowest, limit.seats());
      }
    }
    return Math.min(lowest, settled);
  }

  private static <E extends Event> List<E> sorted(List<Event> events, Class<E> type) {
    return events.stream()
        .filter(type::isInstance)
        .map(type::cast)
        .sorted(Comparator.comparing(event -> event.span().asked()))
        .toList();
  }

  /** When clients' holds end: at the earliest, for sure, and at the latest. */
  private static final class Ends {

    private final Duration beyondProof;
    private final Map<UUID, Instant> proven = new HashMap<>();
    private final Map<UUID, Instant> free = new HashMap<>();
    private final Map<UUID, Span> releases = new HashMap<>();
    private final Map<UUID, List<Event>> bySession = new HashMap<>();
    private final Map<String, List<Event>> acquires = new HashMap<>();

    Ends(List<Event> events, Duration beyondProof) {
      this.beyondProof = beyondProof;
      for (var event : events) {
        switch (event) {
          case Granted grant -> {
            acquired(grant.holder(), grant);
            extended(grant.session(), grant, grant.provenUntil());
          }
          case NotGranted attempt -> acquired(attempt.holder(), attempt);
          case Renewed renewal -> extended(renewal.session(), renewal, renewal.provenUntil());
          case MaybeRenewed renewal -> {
            free.merge(renewal.session(), renewal.heldUntil(), Span::later);
            bySession.computeIfAbsent(renewal.session(), _ -> new ArrayList<>()).add(renewal);
          }
          case Released release ->
              releases.merge(release.session(), release.span(), Span::firstOfEach);
          case Lost _, Limited _, Refused _ -> {
            // Ends no hold.
          }
        }
      }
    }

    private void extended(UUID session, Event event, Instant provenUntil) {
      proven.merge(session, provenUntil, Span::later);
      free.merge(session, provenUntil.plus(beyondProof), Span::later);
      bySession.computeIfAbsent(session, _ -> new ArrayList<>()).add(event);
    }

    Hold hold(Granted grant) {
      var until = provenUnreleased(grant.session());
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

    private Instant provenUnreleased(UUID session) {
      var until = proven.get(session);
      var release = releases.get(session);
      return release == null ? until : Span.earlier(until, release.asked());
    }

    /**
     * Whether the one session held the seat until the other, the next of its holder, was granted.
     */
    boolean surelyHeldWhen(Hold earlier, Hold later) {
      return follows(later, earlier)
          && provenUnreleased(earlier.session()).isAfter(later.granted().told())
          && acquires.get(later.holder()).stream()
              .filter(other -> !isOf(other, earlier) && !isOf(other, later))
              .allMatch(
                  other ->
                      other.span().asked().isAfter(later.granted().told())
                          || other.span().told().isBefore(earlier.granted().asked()));
    }

    private static boolean isOf(Event acquire, Hold hold) {
      return acquire instanceof Granted grant && grant.session().equals(hold.session());
    }

    /** Whether an earlier acquire's seat may still have been its holder's when it asked anew. */
    private boolean mayHold(Event acquire, Granted later) {
      return !acquire.equals(later)
          && !acquire.span().asked().isAfter(later.span().told())
          && !end(acquire).isBefore(later.span().asked());
    }

    /** When the seat that was granted, or may have been, is free for sure. */
    private Instant end(Event acquire) {
      return switch (acquire) {
        case Granted grant -> end(grant.session());
        case NotGranted attempt -> attempt.heldUntil();
        default -> throw new IllegalArgumentException("No acquire: " + acquire);
      };
    }

    private Instant end(UUID session) {
      var lease = free.get(session);
      var release = releases.get(session);
      return release == null ? lease : Span.earlier(lease, release.told());
    }

    /** When the session's lease ends at the latest, as far as was known when it was renewed. */
    Instant endKnownBefore(Renewed renewal) {
      return bySession.get(renewal.session()).stream()
          .filter(event -> !event.equals(renewal))
          .filter(event -> event.span().asked().isBefore(renewal.span().told()))
          .map(this::leaseAfter)
          .max(Instant::compareTo)
          .orElse(Instant.MAX);
    }

    private Instant leaseAfter(Event event) {
      return switch (event) {
        case Granted grant -> grant.provenUntil().plus(beyondProof);
        case Renewed renewal -> renewal.provenUntil().plus(beyondProof);
        case MaybeRenewed renewal -> renewal.heldUntil();
        default -> throw new IllegalArgumentException("Extends no lease: " + event);
      };
    }

    /** How many may have held a seat at some instant of these, each as long as it possibly can. */
    long mostThatMayHold(Instant from, Instant to) {
      return acquires.values().stream()
          .flatMap(List::stream)
          .filter(acquire -> !acquire.span().asked().isAfter(to))
          .filter(acquire -> !end(acquire).isBefore(from))
          .count();
    }

    private void acquired(String holder, Event attempt) {
      acquires.computeIfAbsent(holder, _ -> new ArrayList<>()).add(attempt);
    }
  }
}
