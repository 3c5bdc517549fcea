package ai.coditect.licensing.api.faults;

import ai.coditect.licensing.histories.Span;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * When calls through a pod could be held up on their way, and so be carried out late. Safe for many
 * threads.
 */
final class Disturbances {

  /**
   * A call that arrived is carried out within this time, or not at all: a process waits for its
   * ledger a second or two, and its transaction for Postgres three.
   */
  private static final Duration CARRIED_OUT = Duration.ofSeconds(8);

  private static final int EVERY_POD = 0;

  private record Disturbance(int pod, Instant from, Instant until) {}

  private final List<Disturbance> all = new ArrayList<>();

  void add(Pod pod, Instant from, Instant until) {
    add(pod.number, from, until);
  }

  void addToAll(Instant from, Instant until) {
    add(EVERY_POD, from, until);
  }

  private synchronized void add(int pod, Instant from, Instant until) {
    all.add(new Disturbance(pod, from, until));
  }

  /**
   * The last instant at which a call that was not answered can have been carried out.
   *
   * @param span from when it was sent until its client gave up
   */
  synchronized Instant settled(int pod, Span span) {
    Instant settled = span.told().plus(CARRIED_OUT);
    for (Disturbance some : all.stream().sorted(Comparator.comparing(Disturbance::from)).toList()) {
      boolean concerns = some.pod == pod || some.pod == EVERY_POD;
      if (concerns && !some.until.isBefore(span.asked()) && !some.from.isAfter(settled)) {
        Instant after = some.until.plus(CARRIED_OUT);
        settled = after.isAfter(settled) ? after : settled;
      }
    }
    return settled;
  }
}
