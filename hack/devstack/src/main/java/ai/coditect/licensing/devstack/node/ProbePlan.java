package ai.coditect.licensing.devstack.node;

import java.net.URI;
import java.time.Duration;
import java.util.Map;

/**
 * How a container is asked for its health.
 *
 * @param purpose what follows from the answers
 * @param target what is asked
 * @param initialDelay from the container's start to the first question
 * @param period from one question to the next
 * @param timeout how long an answer may take
 * @param successThreshold how many good answers in a row make it healthy
 * @param failureThreshold how many bad answers in a row make it unhealthy
 */
record ProbePlan(
    Purpose purpose,
    Target target,
    Duration initialDelay,
    Duration period,
    Duration timeout,
    int successThreshold,
    int failureThreshold) {

  enum Purpose {
    /** Others wait until it has passed; the container ends where it fails. */
    STARTUP,
    /** The container ends where it fails. */
    LIVENESS,
    /** The container gets connections while it passes. */
    READINESS
  }

  /** What a probe asks. */
  sealed interface Target {

    /** An HTTP GET, good where its status is 200 to 399. */
    record Http(URI uri, Map<String, String> headers) implements Target {}

    /** A TCP connection, good where it is made. */
    record Tcp(int port) implements Target {}
  }

  ProbeState undecided() {
    return ProbeState.undecided(successThreshold, failureThreshold);
  }
}
