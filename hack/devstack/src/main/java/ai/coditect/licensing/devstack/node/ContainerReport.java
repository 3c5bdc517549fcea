package ai.coditect.licensing.devstack.node;

import ai.coditect.licensing.devstack.node.ContainerStage.Running;
import ai.coditect.licensing.devstack.node.ContainerStage.Terminated;
import ai.coditect.licensing.devstack.node.ContainerStage.Waiting;
import java.time.Instant;
import java.util.Optional;

/**
 * All that is to be told about a container.
 *
 * @param last how its previous run ended
 * @param started whether its startup probe, if it has one, has passed
 * @param finished whether it is not to run again
 */
record ContainerReport(
    String name,
    String image,
    String containerId,
    ContainerStage stage,
    Optional<Terminated> last,
    int restartCount,
    boolean started,
    boolean ready,
    boolean finished) {

  static ContainerReport creating(
      String name, String image, Optional<Terminated> last, int restartCount) {
    return new ContainerReport(
        name,
        image,
        "",
        new Waiting("ContainerCreating", ""),
        last,
        restartCount,
        false,
        false,
        false);
  }

  ContainerReport waiting(String reason, String message) {
    return new ContainerReport(
        name,
        image,
        containerId,
        new Waiting(reason, message),
        last,
        restartCount,
        false,
        false,
        false);
  }

  ContainerReport running(String id, String runningImage, Instant since) {
    return new ContainerReport(
        name, runningImage, id, new Running(since), last, restartCount, false, false, false);
  }

  ContainerReport withStarted() {
    return new ContainerReport(
        name, image, containerId, stage, last, restartCount, true, ready, finished);
  }

  ContainerReport withReady(boolean nowReady) {
    return new ContainerReport(
        name, image, containerId, stage, last, restartCount, started, nowReady, finished);
  }

  /** It has ended and is to run again. */
  ContainerReport restarting(Terminated end, String message) {
    return new ContainerReport(
        name,
        image,
        containerId,
        new Waiting("CrashLoopBackOff", message),
        Optional.of(end),
        restartCount,
        false,
        false,
        false);
  }

  /** It is about to run again. */
  ContainerReport restarted() {
    return new ContainerReport(
        name, image, containerId, stage, last, restartCount + 1, started, ready, finished);
  }

  /** It has ended and is not to run again. */
  ContainerReport ended(Terminated end) {
    return new ContainerReport(
        name, image, containerId, end, last, restartCount, false, false, true);
  }

  /** It does not run and is not to: what is left to tell is how its last run ended, if any. */
  ContainerReport abandoned() {
    return new ContainerReport(
        name,
        image,
        containerId,
        last.map(ContainerStage.class::cast).orElse(stage),
        last,
        restartCount,
        false,
        false,
        true);
  }
}
