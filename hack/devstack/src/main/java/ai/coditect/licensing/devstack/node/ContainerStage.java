package ai.coditect.licensing.devstack.node;

import java.time.Instant;

/** What a container is doing, as its status tells it. */
sealed interface ContainerStage {

  /** Not running, and why. */
  record Waiting(String reason, String message) implements ContainerStage {}

  /** Its process lives. */
  record Running(Instant since) implements ContainerStage {}

  /** Its process has ended; signals count from 128, as in a shell. */
  record Terminated(
      int exitCode, String reason, Instant startedAt, Instant finishedAt, String containerId)
      implements ContainerStage {

    static Terminated of(int exitCode, Instant startedAt, Instant finishedAt, String containerId) {
      String reason = exitCode == 0 ? "Completed" : "Error";
      return new Terminated(exitCode, reason, startedAt, finishedAt, containerId);
    }
  }
}
