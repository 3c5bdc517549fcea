package ai.coditect.licensing.simulator;

import ai.coditect.licensing.histories.Event;
import ai.coditect.licensing.histories.History;
import ai.coditect.licensing.simulator.Pod.Exchange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** What clients were told, and what they were not. */
final class Testimony {

  private final History history = new History(World.SEATS, World.BEYOND_PROOF);
  private final List<Unknown> unknown = new ArrayList<>();

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

  List<String> violations() {
    unknown.forEach(
        unknown ->
            history.add(unknown.event().apply(unknown.exchange().overAt().plus(World.LATE))));
    unknown.clear();
    return history.violations();
  }

  private record Unknown(Exchange<?> exchange, Function<Instant, Event> event) {}
}
