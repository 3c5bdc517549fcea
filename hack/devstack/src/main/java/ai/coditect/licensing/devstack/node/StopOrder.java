package ai.coditect.licensing.devstack.node;

import java.time.Duration;

/**
 * How a container is to end.
 *
 * @param grace how long it may take, its pre-stop hook included
 * @param hook whether its pre-stop hook runs
 */
record StopOrder(Duration grace, boolean hook) {

  /** A kubelet gives even the most hurried order this much. */
  private static final Duration LEAST = Duration.ofSeconds(2);

  StopOrder {
    grace = grace.compareTo(LEAST) < 0 ? LEAST : grace;
  }
}
