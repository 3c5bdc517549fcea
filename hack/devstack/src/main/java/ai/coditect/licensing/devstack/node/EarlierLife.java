package ai.coditect.licensing.devstack.node;

import ai.coditect.licensing.devstack.node.ContainerStage.Terminated;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStateRunning;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * Goes on where an earlier life of the node left a pod: the same pod runs again and its restarts
 * count on, as after a reboot of a machine.
 */
final class EarlierLife {

  private static final int UNKNOWN_EXIT = 255;

  private EarlierLife() {}

  /** What is to be told about a container before anything was done for it. */
  static ContainerReport continued(Pod pod, Container container, Instant now) {
    Optional<ContainerStatus> before =
        Optional.ofNullable(pod.getStatus()).stream()
            .flatMap(status -> status.getContainerStatuses().stream())
            .filter(status -> status.getName().equals(container.getName()))
            .findFirst();
    return before
        .map(status -> continued(container, status, now))
        .orElseGet(() -> fresh(container, Optional.empty(), 0));
  }

  private static ContainerReport continued(
      Container container, ContainerStatus status, Instant now) {
    Optional<Terminated> ended = endOf(status, now);
    int restarts = status.getRestartCount();
    return ended.isPresent()
        ? fresh(container, ended, restarts + 1)
        : fresh(
            container,
            Optional.ofNullable(status.getLastState().getTerminated()).map(EarlierLife::terminated),
            restarts);
  }

  /** A run that nobody saw end has ended by now. */
  private static Optional<Terminated> endOf(ContainerStatus status, Instant now) {
    ContainerStateRunning running = status.getState().getRunning();
    if (running != null) {
      return Optional.of(
          new Terminated(
              UNKNOWN_EXIT,
              "Unknown",
              Instant.parse(running.getStartedAt()),
              now,
              Objects.requireNonNullElse(status.getContainerID(), "")));
    }
    return Optional.ofNullable(status.getState().getTerminated()).map(EarlierLife::terminated);
  }

  private static Terminated terminated(ContainerStateTerminated end) {
    return new Terminated(
        end.getExitCode(),
        Objects.requireNonNullElse(end.getReason(), ""),
        instant(end.getStartedAt()),
        instant(end.getFinishedAt()),
        Objects.requireNonNullElse(end.getContainerID(), ""));
  }

  private static Instant instant(String text) {
    return text == null ? Instant.EPOCH : Instant.parse(text);
  }

  private static ContainerReport fresh(
      Container container, Optional<Terminated> last, int restarts) {
    return ContainerReport.creating(container.getName(), container.getImage(), last, restarts);
  }
}
