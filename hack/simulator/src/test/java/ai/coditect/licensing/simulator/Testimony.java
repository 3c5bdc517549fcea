package ai.coditect.licensing.simulator;

import ai.coditect.licensing.api.signing.SignedSeat;
import ai.coditect.licensing.histories.Event;
import ai.coditect.licensing.histories.History;
import ai.coditect.licensing.simulator.Pod.Exchange;
import ai.coditect.licensing.stores.ledger.ModelPostgres.Recorded;
import ai.coditect.licensing.stores.ledger.Seat;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** What clients were told, and what they were not. */
final class Testimony {

  private final History history = new History(World.SEATS, World.BEYOND_PROOF);
  private final List<Unknown> unknown = new ArrayList<>();
  private final List<Seat> granted = new ArrayList<>();
  private final List<String> wrong = new ArrayList<>();

  /** Something that no history shows. */
  void wrong(String what) {
    wrong.add(what);
  }

  /** A client was told that it has this seat. */
  void granted(SignedSeat seat) {
    granted.add(seat.seat());
  }

  /** The audit has each grant that a client was told of. */
  private List<String> missingIn(List<Recorded> audit) {
    return granted.stream()
        .filter(seat -> !audit.contains(grantOf(seat)))
        .map(seat -> "Not in the audit: " + seat)
        .toList();
  }

  private static Recorded grantOf(Seat seat) {
    return new Recorded("GRANTED", seat.sessionId(), seat.slot(), seat.slotGeneration());
  }

  void add(Event event) {
    history.add(event);
  }

  /**
   * Adds the event of an exchange that got no answer, once the pod is through with it too.
   *
   * @param event given the last instant at which it may have been done
   */
  void once(Exchange<?> exchange, Function<Instant, Event> event) {
    unknown.add(new Unknown(exchange, event));
  }

  boolean isComplete() {
    return unknown.stream().allMatch(unknown -> unknown.exchange().isOver());
  }

  List<String> violations(List<Recorded> audit) {
    unknown.forEach(
        unknown ->
            history.add(unknown.event().apply(unknown.exchange().overAt().plus(World.LATE))));
    unknown.clear();
    return Stream.of(history.violations(), wrong, missingIn(audit)).flatMap(List::stream).toList();
  }

  private record Unknown(Exchange<?> exchange, Function<Instant, Event> event) {}
}
